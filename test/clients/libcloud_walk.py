# Apache Libcloud's EC2 driver from an image to a node and back. Prints what it saw as JSON.
import json
import os
import sys
import time
from urllib.parse import urlparse

from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider

endpoint = urlparse(os.environ['AWS_ENDPOINT_URL'])
driver = get_driver(Provider.EC2)(
    os.environ['AWS_ACCESS_KEY_ID'],
    os.environ['AWS_SECRET_ACCESS_KEY'],
    region='us-east-1',
    host=endpoint.hostname,
    port=endpoint.port,
    secure=False,
)
NAME = 'libcloud'


def until(what, probe):
    for _ in range(300):
        found = probe()
        if found:
            return found
        time.sleep(0.2)
    sys.exit(what + ' did not happen')


def named(things):
    return [each for each in things if each.name == NAME]


def node_now():
    return named(driver.list_nodes())[0]


def volume_now():
    return named(driver.list_volumes())[0]


def look():
    node, volume = node_now(), volume_now()
    return {
        'state': str(node.state),
        'size': node.extra['instance_type'],
        'key': node.extra['key_name'],
        'groups': [group['group_name'] for group in node.extra['groups']],
        'tags': node.extra['tags'],
        'volume': [volume.size, str(volume.state)],
        'rules': sorted(rule['from_port'] for rule in group_now().ingress_rules),
        'snapshots': len(driver.list_volume_snapshots(volume)),
        'addresses': [address.instance_id == node.id for address in driver.ex_describe_all_addresses(True)],
    }


def group_now():
    return driver.ex_get_security_groups(group_names=[NAME])[0]


image = driver.list_images(ex_image_ids=[os.environ['IMAGE']])[0]
size = [each for each in driver.list_sizes() if each.id == 'm1.small'][0]
zone = driver.list_locations()[0]

driver.create_key_pair(NAME)
group = driver.ex_create_security_group(NAME, 'of libcloud')['group_id']
driver.ex_authorize_security_group_ingress(group, 22, 22, cidr_ips=['0.0.0.0/0'])
node = driver.create_node(
    name=NAME, image=image, size=size, location=zone, ex_keyname=NAME, ex_security_groups=[NAME], ex_userdata='#!/bin/sh'
)
until('the node', lambda: node_now().state == NodeState.RUNNING)
volume = driver.create_volume(1, NAME, location=zone)
until('the volume', lambda: str(volume_now().state) == 'available')
driver.attach_volume(node, volume, '/dev/sdf')
until('the attachment', lambda: str(volume_now().state) == 'inuse')
snapshot = driver.create_volume_snapshot(volume, NAME)
until('the snapshot', lambda: [each for each in driver.list_volume_snapshots(volume) if each.state == 'available'])
address = driver.ex_allocate_address('vpc')
driver.ex_associate_address_with_node(node, address)
until('the address', lambda: driver.ex_describe_all_addresses(True))
made = look()
again = look()

driver.ex_create_tags(node, {'color': 'red'})
driver.ex_authorize_security_group_ingress(group, 80, 80, cidr_ips=['0.0.0.0/0'])
driver.ex_revoke_security_group_ingress(group, 22, 22, cidr_ips=['0.0.0.0/0'])
driver.reboot_node(node)
driver.stop_node(node)
until('the stop', lambda: node_now().state == NodeState.STOPPED)
driver.ex_change_node_size(node, [each for each in driver.list_sizes() if each.id == 'm1.large'][0])
driver.start_node(node)
until('the start', lambda: node_now().state == NodeState.RUNNING)
changed = look()

driver.ex_disassociate_address(driver.ex_describe_all_addresses(True)[0], domain='vpc')
driver.ex_release_address(address, domain='vpc')
driver.detach_volume(volume)
until('the detaching', lambda: str(volume_now().state) == 'available')
driver.destroy_volume_snapshot(snapshot)
driver.destroy_volume(volume)
driver.destroy_node(node)
until('the end', lambda: node_now().state == NodeState.TERMINATED)
driver.ex_delete_security_group(NAME)
driver.delete_key_pair(driver.get_key_pair(NAME))
print(json.dumps({'made': made, 'again': again, 'changed': changed, 'left': [
    len(named(driver.list_volumes())), len(driver.ex_describe_all_addresses(True)), len(driver.list_key_pairs()),
]}))
