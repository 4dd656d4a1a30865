"""A one-node SLURM cluster on loopback for a test: own folder, own ports, nothing under /etc.

Debian's slurm-wlm and munge are used where they are; root installs them with apt-get where not.
There are no cgroups and no accounting database; finished jobs stay visible to squeue and scontrol.
"""

import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd")
PARTITION = "loopback"
CONFIGURATION = """\
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/controller
SlurmdSpoolDir={folder}/node
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/finished_jobs.txt
MinJobAge=86400
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
# A request the node can never meet is refused at once instead of waiting for ever.
EnforcePartLimits=ALL
ReturnToService=2
KillWait=5
NodeName=DEFAULT CPUs={cpus} RealMemory={memory_mb} State=UNKNOWN
NodeName=node1 NodeHostname={host} NodeAddr=127.0.0.1
PartitionName={partition} Nodes=node1 Default=YES MaxTime=INFINITE State=UP
"""


class UnavailableError(Exception):
    """Why there can be no SLURM on this machine."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster; `environment` is what its commands and Snakemake need."""

    folder: Path
    environment: dict[str, str]

    def ask(self, *command: str) -> str:
        """Standard output of a SLURM command."""
        done = subprocess.run(  # noqa: S603  # our own command line
            command, env=self.environment, text=True, capture_output=True, check=True, timeout=30
        )
        return done.stdout


def command(name: str) -> str | None:
    """Full name of a command; the daemons are in folders that few users have on their PATH."""
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")


def install() -> None:
    """Find SLURM and munge, or install Debian's.

    Raises:
        UnavailableError: they are neither here nor installable.
    """
    if all(map(command, DAEMONS)):
        return
    if os.getuid() != 0 or command("apt-get") is None:
        raise UnavailableError("SLURM is not installed, and only root can install it with apt-get")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["--no-install-recommends", "slurm-wlm", "munge"]
    for step in (["update"], ["install", "--yes", *packages]):
        done = subprocess.run(  # noqa: S603
            ["apt-get", "--quiet", *step],  # noqa: S607
            env=quiet,
            text=True,
            capture_output=True,
        )
    if done.returncode != 0 or not all(map(command, DAEMONS)):
        raise UnavailableError(f"apt-get cannot install slurm-wlm and munge: {done.stderr[-300:]}")


def free_ports(count: int) -> list[int]:
    """Ports of the loopback device that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def until(ready: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Wait for `ready`.

    Raises:
        TimeoutError: it does not come true in time.
    """
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} within {seconds:g} s")
        time.sleep(0.1)


@contextmanager
def daemon(name: str, *arguments: str, environment: dict[str, str], log: Path) -> Iterator[None]:
    """A daemon in the foreground of a process of ours, ended with the block."""
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603
            [command(name) or name, *arguments],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def version() -> tuple[int, int]:
    """Year and month of the installed SLURM."""
    text = subprocess.check_output([command("slurmd") or "slurmd", "-V"], text=True)  # noqa: S603
    year, month = text.split()[1].split(".")[:2]
    return int(year), int(month)


def configure(folder: Path) -> None:
    """Write slurm.conf, a munge key and the folders of the daemons."""
    controller_port, node_port = free_ports(2)
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    for name in ("controller", "node"):
        (folder / name).mkdir()
    (folder / "slurm.conf").write_text(
        CONFIGURATION.format(
            folder=folder,
            host=socket.gethostname().split(".")[0],
            user=getpass.getuser(),
            controller_port=controller_port,
            node_port=node_port,
            cpus=os.cpu_count(),
            memory_mb=memory_mb * 9 // 10,
            partition=PARTITION,
        )
    )
    if version() >= (23, 11):  # looks for control groups, which a container may lack; older ones
        (folder / "cgroup.conf").write_text("CgroupPlugin=disabled\n")  # do not know the word
    # Snakemake's plugin calls srun inside a job without any SLURM_ variable.
    srun = folder / "bin" / "srun"
    srun.parent.mkdir()
    srun.write_text(f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {command("srun")} "$@"\n')
    srun.chmod(0o755)
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(1024))
    key.chmod(0o400)


@contextmanager
def one_node_cluster(folder: Path) -> Iterator[Cluster]:
    """Start a cluster that keeps its files in `folder`; stop it at the end.

    Raises:
        UnavailableError: SLURM is not here and cannot be installed.
        TimeoutError: a daemon does not start; `folder` has its log.
    """
    install()
    folder.mkdir(mode=0o755, parents=True)
    configure(folder)
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "SLURM_CONF": str(folder / "slurm.conf")}
    cluster = Cluster(folder, environment)
    munge = ["--foreground", "--force", f"--socket={folder}/munge.socket"]
    munge += [f"--{kind}-file={folder}/munge.{kind}" for kind in ("key", "pid", "seed", "log")]

    def controller_answers() -> bool:
        try:
            return " UP" in cluster.ask("scontrol", "ping")
        except subprocess.CalledProcessError:
            return False

    def node_answers() -> bool:
        return cluster.ask("sinfo", "--noheader", "--format=%t").strip() in {"idle", "mix"}

    with ExitStack() as stack:

        def start(name: str, *arguments: str) -> None:
            log = folder / f"{name}.out"
            stack.enter_context(daemon(name, *arguments, environment=environment, log=log))

        start("munged", *munge)
        until((folder / "munge.socket").exists, "munged does not listen")
        start("slurmctld", "-D")
        until(controller_answers, "slurmctld does not answer")
        start("slurmd", "-D", "-N", "node1")
        until(node_answers, "slurmd does not register")
        yield cluster
