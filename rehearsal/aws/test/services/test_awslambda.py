import os
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

from emulator.core import settings
from emulator.services import awslambda

GET_TOKEN = ("eks", "get-token", "--cluster-name", "one")


class FolderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class Layers(FolderTest):
    """Workers share what is unpacked of a layer."""

    def setUp(self):
        super().setUp()
        scratch = mock.patch("emulator.core.settings.SCRATCH", self.folder)
        scratch.start()
        self.addCleanup(scratch.stop)

    def unpack(self, worker: str, content: str = "one", name: str = "layer_0") -> Path:
        """Do as a worker: write the archive, look at its members, unpack them."""
        folder = self.folder / worker / name
        folder.mkdir(parents=True)
        with zipfile.ZipFile(f"{folder}.zip", "w") as archive:
            archive.writestr(zipfile.ZipInfo("bin/kubectl"), content)
        with awslambda.Zipfile().ZipFile(f"{folder}.zip") as archive:
            archive.namelist()
            archive.extractall(folder)
        return folder

    def test_each_layer_once(self):
        with ThreadPoolExecutor() as workers:
            folders = list(workers.map(self.unpack, ("a", "b", "c")))
        self.assertEqual(len({folder.resolve() for folder in folders}), 1)
        self.assertEqual(list(self.folder.rglob("*.zip")), [])
        self.assertNotEqual(self.unpack("d", "two").resolve(), folders[0].resolve())
        self.assertEqual(
            [(folder / "bin/kubectl").read_text() for folder in (*folders, self.folder / "d/layer_0")],
            ["one"] * 3 + ["two"],
        )

    def test_code_is_every_workers_own(self):
        self.assertEqual([self.unpack(worker, name="code").is_symlink() for worker in "ab"], [False, False])

    def test_a_broken_archive_is_still_told(self):
        (self.folder / "layer_0.zip").write_text("no archive")
        with self.assertRaises(awslambda.Zipfile().BadZipFile):
            awslambda.Zipfile().ZipFile(self.folder / "layer_0.zip")


class Environment(FolderTest):
    """The environment of a function's process."""

    def layer(self, *programs: str) -> str:
        layer = self.folder / programs[0].replace("/", "-")
        for program in programs:
            (layer / program).parent.mkdir(parents=True, exist_ok=True)
            (layer / program).write_text("#!/bin/sh\necho ran\n")
        return str(layer)

    def environment(self, *layers: str, **more: str) -> dict:
        env = {"PATH": "/usr/bin:/bin", "_LAMBDA_LAYERS_DIRS": os.pathsep.join(layers), **more}
        return awslambda.environment(env, self.folder)

    def test_the_programs_of_the_layers_come_first_on_the_path(self):
        kubectl, awscli = self.layer("kubectl/kubectl", "helm/helm"), self.layer("awscli/aws")
        path = self.environment(kubectl, awscli)["PATH"].split(os.pathsep)
        self.assertEqual(
            path, [str(settings.TOOLS), f"{kubectl}/kubectl", f"{kubectl}/helm", f"{awscli}/awscli", "/usr/bin", "/bin"]
        )

    def test_the_programs_of_the_layers_can_be_run(self):
        env = self.environment(self.layer("kubectl/kubectl"))
        self.assertEqual(subprocess.check_output("kubectl", env=env, shell=True), b"ran\n")

    def test_a_function_without_layers_keeps_its_path(self):
        env = awslambda.environment({"PATH": "/bin"}, self.folder)
        self.assertEqual(env["PATH"].split(os.pathsep), [str(settings.TOOLS), "/bin"])
        self.assertNotIn("REHEARSAL_AWS", env)

    def test_the_aws_command_of_the_layer_is_behind_the_one_that_remembers(self):
        awscli = self.layer("awscli/aws")
        self.assertEqual(self.environment(awscli)["REHEARSAL_AWS"], f"{sys.executable} {awscli}/awscli/aws")

    def test_everything_is_written_into_a_folder_of_its_own(self):
        env = self.environment(TMPDIR="/tmp", TEST_OUTDIR="/tmp", OTHER="kept")
        self.assertEqual((env["TMPDIR"], env["TEST_OUTDIR"], env["OTHER"]), (str(self.folder),) * 2 + ("kept",))

    def test_a_worker_is_started_with_that_environment(self):
        script = self.folder / "worker.py"
        script.write_text("import os; print(os.environ['TMPDIR'])")
        worker = awslambda.Subprocess().Popen(
            [sys.executable, str(script)], env={"PATH": "/bin"}, stdout=subprocess.PIPE, text=True
        )
        self.assertEqual(worker.communicate()[0].strip(), str(self.folder))
        self.assertIs(awslambda.Subprocess().PIPE, subprocess.PIPE)


class RememberingAws(FolderTest):
    """The `aws` in front of the layer's remembers how to reach a cluster, and nothing else."""

    def setUp(self):
        super().setUp()
        self.calls = self.folder / "calls"
        fake = self.folder / "fake.sh"
        fake.write_text(f'echo "$*" >> {self.calls}\n[ -z "$FAIL" ] || exit "$FAIL"\necho "answer to $*"\n')
        self.env = {
            "PATH": os.environ["PATH"],
            "REHEARSAL_ANSWERS": str(self.folder),
            "AWS_REGION": "r",
            "AWS_ACCESS_KEY_ID": "key",
            "REHEARSAL_AWS": f"/bin/sh {fake}",
        }

    def aws(self, *arguments: str, **env: str) -> subprocess.CompletedProcess:
        command = [settings.TOOLS / "aws", *arguments]
        return subprocess.run(command, env={**self.env, **env}, capture_output=True, text=True, check=False)

    def asked(self) -> int:
        return len(self.calls.read_text().splitlines())

    def test_the_same_arguments_are_asked_once(self):
        answers = [self.aws(*GET_TOKEN).stdout for _ in range(3)]
        self.assertEqual(answers, ["answer to eks get-token --cluster-name one\n"] * 3)
        self.assertEqual(self.asked(), 1)

    def test_other_arguments_are_asked_again(self):
        self.aws(*GET_TOKEN)
        self.assertIn("two", self.aws(*GET_TOKEN[:-1], "two").stdout)
        self.assertEqual(self.asked(), 2)

    def test_options_before_the_command_do_not_matter(self):
        for _ in range(2):
            self.aws("--region", "eu-central-1", "eks", "update-kubeconfig", "--name", "one")
        self.assertEqual(self.asked(), 1)

    def test_every_worker_gets_the_kubeconfig_that_one_has_got(self):
        def update(worker: str, **env: str) -> str:
            file = self.folder / worker
            done = self.aws("eks", "update-kubeconfig", "--name", "one", "--kubeconfig", str(file), **env)
            self.assertEqual(done.returncode, 0, done.stderr)
            return file.read_text()

        fake = self.folder / "fake.sh"
        fake.write_text(f'{fake.read_text()}echo "kubeconfig $AWS_ACCESS_KEY_ID" > "$6"\n')
        self.assertEqual([update("w1"), update("w2"), update("w1")], ["kubeconfig key\n"] * 3)
        self.assertEqual(self.asked(), 1)
        self.assertEqual(update("w3", AWS_ACCESS_KEY_ID="other"), "kubeconfig other\n")

    def test_other_commands_are_not_remembered(self):
        for command in (("s3", "cp", "a", "b"), ("eks", "describe-cluster"), ("sts", "get-caller-identity")):
            before = self.asked() if self.calls.exists() else 0
            for _ in range(2):
                self.assertEqual(self.aws(*command).stdout, f"answer to {' '.join(command)}\n")
            self.assertEqual(self.asked() - before, 2, command)

    def test_an_answer_is_asked_again_before_its_token_ends(self):
        self.aws(*GET_TOKEN)
        answer = self.folder / "key r get-token one"
        until, told = answer.read_bytes().split(b"\n", 1)
        self.assertAlmostEqual(int(until), time.time() + 12 * 60, delta=60)
        answer.write_bytes(f"{int(time.time())}\n".encode() + told)
        self.assertIn("answer", self.aws(*GET_TOKEN).stdout)
        self.assertEqual(self.asked(), 2)

    def test_without_an_aws_cli_its_arguments_are_not_run(self):
        del self.env["REHEARSAL_AWS"]
        for command in (("touch", "ran"), GET_TOKEN):
            done = self.aws(*command)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("REHEARSAL_AWS: is not set: no layer of this function brings the AWS CLI", done.stderr)
        self.assertEqual(list(self.folder.glob("[!f]*")), [])

    def test_a_failure_is_passed_on_and_not_remembered(self):
        self.assertEqual(self.aws(*GET_TOKEN, FAIL="3").returncode, 3)
        self.assertEqual(self.aws("s3", "ls", FAIL="4").returncode, 4)
        self.assertIn("answer", self.aws(*GET_TOKEN).stdout)
