package dev.cloudmap.discovery.autoconfigure.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class DeploymentSignsTests {

	private final MockEnvironment environment = new MockEnvironment();

	@TempDir
	private Path root;

	private DeploymentSigns signs;

	@BeforeEach
	void find() {
		this.signs = new DeploymentSigns(this.environment, this.root);
	}

	@Test
	void laptopWithRegionAndCredentialsIsNotDeployment() throws IOException {
		this.environment.setProperty("AWS_REGION", "eu-central-1");
		this.environment.setProperty("AWS_PROFILE", "dev");
		this.environment.setProperty("AWS_ACCESS_KEY_ID", "AKIA");
		this.environment.setProperty("AWS_SECRET_ACCESS_KEY", "secret");
		this.environment.setProperty("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9911/");
		write("sys/devices/virtual/dmi/id/sys_vendor", "LENOVO\n");
		write("proc/1/cgroup", "0::/init.scope\n");
		write("proc/self/mountinfo", """
				29 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
				612 29 0:52 / /var/lib/docker/overlay2/abc/merged rw - overlay overlay rw
				613 29 0:53 / /var/lib/docker/containers/abc/mounts/shm rw - tmpfs shm rw
				""");
		assertThat(this.signs.find()).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "KUBERNETES_SERVICE_HOST, 10.0.0.1, in Kubernetes", "AWS_LAMBDA_FUNCTION_NAME, worker, on AWS",
			"AWS_EXECUTION_ENV, AWS_ECS_FARGATE, aws ecs", "AWS_EXECUTION_ENV, AWS_APP_RUNNER, on AWS",
			"AWS_WEB_IDENTITY_TOKEN_FILE, /var/run/secrets/eks.amazonaws.com/token, on AWS",
			"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, /v2/credentials, on AWS",
			"AWS_CONTAINER_CREDENTIALS_FULL_URI, http://169.254.170.23/v1/credentials, on AWS",
			"spring.main.cloud-platform, cloud_foundry, cloud foundry" })
	void environmentIndicatesDeployment(String variable, String value, String expected) {
		this.environment.setProperty(variable, value);
		assertThat(this.signs.find()).contains(expected);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					.dockerenv                                | ''                                                       | in a container
					run/.containerenv                         | ''                                                       | in a container
					proc/1/cgroup                             | 4:memory:/docker/0123abc                                 | in a container
					proc/1/cgroup                             | 0::/kubepods.slice/pod1/cri-containerd-1.scope           | in a container
					proc/self/mountinfo                       | 7 6 8:1 /var/lib/containerd/1/hosts /etc/hosts rw - ext4 | in a container
					sys/devices/virtual/dmi/id/sys_vendor     | Amazon EC2                                               | on Amazon EC2
					sys/hypervisor/uuid                       | ec2e1916-9099-7caf-fd21-012345abcdef                     | on Amazon EC2
					""")
	void machineFilesIndicateDeployment(String file, String content, String expected) throws IOException {
		write(file, content);
		assertThat(this.signs.find()).contains(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "CODESPACES", "REMOTE_CONTAINERS", "GITPOD_WORKSPACE_ID", "CI", "CODEBUILD_BUILD_ID" })
	void developmentOrBuildContainerIsNotDeployment(String variable) throws IOException {
		write(".dockerenv", "");
		this.environment.setProperty(variable, "true");
		assertThat(this.signs.find()).isNull();
	}

	@Test
	void toolboxIsNotDeployment() throws IOException {
		write("run/.containerenv", "");
		write("run/.toolboxenv", "");
		assertThat(this.signs.find()).isNull();
	}

	@Test
	void platformNoneOverridesDetection() {
		this.environment.setProperty("KUBERNETES_SERVICE_HOST", "10.0.0.1");
		this.environment.setProperty("spring.main.cloud-platform", "none");
		assertThat(this.signs.find()).isNull();
	}

	private void write(String file, String content) throws IOException {
		Path path = this.root.resolve(file);
		Files.createDirectories(path.getParent());
		Files.writeString(path, content);
	}

}
