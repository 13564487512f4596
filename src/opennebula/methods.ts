// The methods of OpenNebula that are used, and the release that each came with: what a cloud needs to be served.

/**
 * Releases as OpenNebula names them; `4.0` stands for that and all before it.
 * @see https://github.com/OpenNebula/one/blob/master/src/rm/RequestManager.cc at each release's tag
 */
export const methods = {
  'one.system.version': '4.0',
  'one.user.info': '4.0',
  'one.user.update': '4.0',
  'one.userpool.info': '4.0',
  'one.group.info': '4.0',
  'one.datastorepool.info': '4.0',
  'one.template.info': '4.0',
  'one.template.instantiate': '4.0',
  'one.template.update': '4.0',
  'one.template.rename': '4.0',
  'one.template.chmod': '4.0',
  'one.template.delete': '4.0',
  'one.templatepool.info': '4.0',
  'one.vm.info': '4.0',
  'one.vm.action': '4.0',
  'one.vm.update': '4.0',
  'one.vm.rename': '4.0',
  'one.vm.chmod': '4.0',
  'one.vm.resize': '4.0',
  'one.vm.updateconf': '5.0',
  'one.vm.attach': '4.0',
  'one.vm.detach': '4.0',
  'one.vm.disksaveas': '4.14',
  'one.vm.diskresize': '5.4',
  'one.vm.attachnic': '4.0',
  'one.vm.detachnic': '4.0',
  'one.vm.attachsg': '6.4',
  'one.vm.detachsg': '6.4',
  'one.vmpool.infoextended': '5.8',
  'one.vmpool.infoset': '5.12.1',
  'one.image.info': '4.0',
  'one.image.allocate': '4.0',
  'one.image.clone': '4.0',
  'one.image.update': '4.0',
  'one.image.rename': '4.0',
  'one.image.chmod': '4.0',
  'one.image.persistent': '4.0',
  'one.image.chtype': '4.0',
  'one.image.enable': '4.0',
  'one.image.delete': '4.0',
  'one.imagepool.info': '4.0',
  'one.vn.info': '4.0',
  'one.vn.reserve': '4.8',
  'one.vn.update': '4.0',
  'one.vn.rename': '4.0',
  'one.vn.chmod': '4.0',
  'one.vn.delete': '4.0',
  'one.vnpool.info': '4.0',
  'one.secgroup.info': '4.12',
  'one.secgroup.update': '4.12',
  'one.secgroup.rename': '4.12',
  'one.secgroup.chmod': '4.12',
  'one.secgroup.commit': '5.0',
  'one.secgroup.delete': '4.12',
  'one.secgrouppool.info': '4.12',
} as const satisfies Record<string, string>

/** A method that may be called: one of the table. */
export type Method = keyof typeof methods

/** The release of OpenNebula that a method came with; undefined for one that is not called from here. */
export const releaseOf = (method: string): string | undefined =>
  method in methods ? methods[method as Method] : undefined
