# The AWS CLI, loaded once: forks for each command, which costs a tenth of a start. A command is a line of JSON on the standard
# input, {"id", "args", "env"}; so is what became of it, on the standard output: {"id", "status", "stdout", "stderr"}.
import fcntl
import json
import os
import signal
import sys
import tempfile

from awscli import clidriver

driver = clidriver.create_clidriver()


def prepare():
    """Loads what every command would load anew: the services' models, and what makes clients and arguments of them."""
    nobody = {'region_name': 'us-east-1', 'aws_access_key_id': 'nobody', 'aws_secret_access_key': 'nothing'}
    for service in ['ec2', 's3', 'sts']:
        driver.session.create_client(service, **nobody)
    answers = os.dup(1)
    with open(os.devnull, 'w') as nowhere:
        os.dup2(nowhere.fileno(), 1)
        driver.main(['ec2', 'describe-regions', '--generate-cli-skeleton'])
        sys.stdout.flush()
    os.dup2(answers, 1)
    os.close(answers)


def command(args):
    """Runs a command as the program does. Gives its status."""
    try:
        entry = getattr(clidriver, 'AWSCLIEntryPoint', None)
        return (entry(driver) if entry else driver).main(args)
    except SystemExit as ended:
        return ended.code


def perform(id, args, env):
    """Runs a command, in a process of its own."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    answers = os.dup(1)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        os.dup2(out.fileno(), 1)
        os.dup2(errors.fileno(), 2)
        os.environ.update(env)
        status = command(args)
        sys.stdout.flush()
        sys.stderr.flush()
        texts = {}
        for name, file in {'stdout': out, 'stderr': errors}.items():
            file.seek(0)
            texts[name] = file.read().decode()
    # One answer after the other, whatever its length
    with open(__file__) as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        with os.fdopen(answers, 'w') as told:
            told.write(json.dumps({'id': id, 'status': status, **texts}) + '\n')


prepare()
# Nobody asks how a process ended: it says so itself
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in iter(sys.stdin.readline, ''):
    asked = json.loads(line)
    if os.fork() == 0:
        try:
            perform(**asked)
        finally:
            os._exit(0)
