"""A SLURM cluster on loopback for a test: own folder, own ports, nothing under /etc.

Debian's slurm-wlm and munge are used where they are; root installs them with apt-get where not.
Each node is a slurmd of its own on this machine and says that all of its processors are its own.
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
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd")
PARTITION = "loopback"
CONFIGURATION = """\
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/controller
SlurmdSpoolDir={folder}/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/%n.log
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
# A node that stops answering is down, and its jobs are lost, after some seconds instead of minutes.
SlurmdTimeout=10
ReturnToService=2
KillWait=5
NodeName=DEFAULT CPUs={cpus} RealMemory={memory_mb} State=UNKNOWN
{nodes}
PartitionName={partition} Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class UnavailableError(Exception):
    """Why there can be no SLURM on this machine."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster.

    Attributes:
        folder: of its files.
        environment: what its commands and Snakemake need.
        daemons: the process of each node.
    """

    folder: Path
    environment: dict[str, str]
    daemons: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def ask(self, *command: str) -> str:
        """Standard output of a SLURM command."""
        done = subprocess.run(  # noqa: S603  # our own command line
            command, env=self.environment, text=True, capture_output=True, check=True, timeout=30
        )
        return done.stdout

    def states(self) -> dict[str, str]:
        """Node -> its state, a flag of it (not responding: *) left out."""
        lines = self.ask("sinfo", "--noheader", "--Node", "--format=%N %t").splitlines()
        return {name: state.rstrip("*") for name, state in map(str.split, lines)}

    def works(self, node: str) -> bool:
        """Whether something of a job runs on a node; a job that SLURM calls running may not yet."""
        return any(runs_on(process, node) for process in processes())

    def lose(self, node: str) -> None:
        """Kill a node's daemon and all that runs on it, as a power cut does: none reports it."""
        jobs = [process for process in processes() if runs_on(process, node)]
        keepers = {parent(process) for process in jobs} - set(jobs)
        for process in (self.daemons[node].pid, *(p for p in keepers if p > 1), *jobs):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def processes() -> list[int]:
    """All of this machine."""
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def runs_on(process: int, node: str) -> bool:
    """Whether SLURM started a process on a node."""
    try:
        variables = Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    except OSError:  # ended meanwhile
        return False
    return f"SLURMD_NODENAME={node}".encode() in variables


def parent(process: int) -> int:
    """The process that keeps a job: slurmstepd; 0 where it ended meanwhile."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


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


def until(ready: Callable[[], bool], what: str, seconds: float = 60) -> None:
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
def daemon(
    name: str, *arguments: str, environment: dict[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
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
            yield process
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


def configure(folder: Path, nodes: Sequence[str]) -> None:
    """Write slurm.conf, a munge key and the folders of the daemons."""
    controller_port, *ports = free_ports(1 + len(nodes))
    host = socket.gethostname().split(".")[0]
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    for name in ("controller", *nodes):
        (folder / name).mkdir()
    (folder / "slurm.conf").write_text(
        CONFIGURATION.format(
            folder=folder,
            host=host,
            user=getpass.getuser(),
            controller_port=controller_port,
            nodes="\n".join(
                f"NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port}"
                for name, port in zip(nodes, ports, strict=True)
            ),
            cpus=os.cpu_count(),
            memory_mb=memory_mb * 9 // 10 // len(nodes),
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


def cancel(cluster: Cluster) -> None:
    """End what a test left running or waiting: it would outlive the daemons."""
    cluster.ask("scancel", "--user", getpass.getuser())
    with suppress(TimeoutError):
        until(lambda: not cluster.ask("squeue", "--noheader").strip(), "jobs end", 20)


@contextmanager
def running_cluster(folder: Path, nodes: Sequence[str] = ("node1",)) -> Iterator[Cluster]:
    """Start a cluster that keeps its files in `folder`; stop it at the end.

    Raises:
        UnavailableError: SLURM is not here and cannot be installed.
        TimeoutError: a daemon does not start; `folder` has its log.
    """
    install()
    folder.mkdir(mode=0o755, parents=True)
    configure(folder, nodes)
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

    def nodes_answer() -> bool:
        return set(cluster.states().values()) <= {"idle", "mix"}

    with ExitStack() as stack:

        def start(name: str, *arguments: str) -> "subprocess.Popen[bytes]":
            log = folder / f"{name}{len(list(folder.glob('*.out')))}.out"
            return stack.enter_context(daemon(name, *arguments, environment=environment, log=log))

        start("munged", *munge)
        until((folder / "munge.socket").exists, "munged does not listen")
        start("slurmctld", "-D")
        until(controller_answers, "slurmctld does not answer")
        for node in nodes:
            cluster.daemons[node] = start("slurmd", "-D", "-N", node)
        until(nodes_answer, "not every slurmd registers")
        stack.callback(cancel, cluster)
        yield cluster
