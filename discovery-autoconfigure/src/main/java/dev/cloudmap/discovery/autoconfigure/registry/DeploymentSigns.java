package dev.cloudmap.discovery.autoconfigure.registry;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.registry.LoopbackHost;

/**
 * Detects from environment variables and files whether this application is deployed, so
 * that its callers are probably on other machines. It does not use the network.
 *
 * @param environment the environment
 * @param root the root of the file system
 */
public record DeploymentSigns(Environment environment, Path root) {

	/** Set in development environments, also in a container or on a server. */
	private static final List<String> DEVELOPMENT = List.of("CODESPACES", "REMOTE_CONTAINERS", "DEVCONTAINER",
			"GITPOD_WORKSPACE_ID", "CODER_WORKSPACE_NAME", "DEVWORKSPACE_ID", "CHE_WORKSPACE_ID", "C9_USER",
			"AWS_SAM_LOCAL");

	/** Set where software is built and tested. */
	private static final List<String> BUILD = List.of("CI", "JENKINS_URL", "TEAMCITY_VERSION", "TF_BUILD",
			"CODEBUILD_BUILD_ID");

	private static final List<String> AWS = List.of("AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
			"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");

	private static final String CREDENTIALS_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

	private static final Pattern CONTAINER_CGROUP = Pattern
		.compile("(?m)^[^/]*/.*(docker|kubepods|containerd|libpod|crio|ecs)");

	/** A file of the container's own instead of the machine's (proc_pid_mountinfo(5)). */
	private static final Pattern CONTAINER_MOUNT = Pattern
		.compile("(?m)^\\S+ \\S+ \\S+ /(?!etc/)\\S+ /etc/(hosts|hostname) ");

	/**
	 * Returns the evidence that the application is deployed, for a log line.
	 * @return a phrase such as {@code in Kubernetes (KUBERNETES_SERVICE_HOST is set)};
	 * null if there is none
	 */
	public @Nullable String find() {
		CloudPlatform platform = CloudPlatform.getActive(this.environment);
		if (platform == CloudPlatform.NONE || firstSet(DEVELOPMENT) != null || isCloudShell()) {
			return null;
		}
		if (isSet("KUBERNETES_SERVICE_HOST")) {
			return "in Kubernetes (KUBERNETES_SERVICE_HOST is set)";
		}
		if (platform != null) {
			return "on a cloud platform (" + platform.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ")";
		}
		String aws = awsVariable();
		if (aws != null && !isSet("CODEBUILD_BUILD_ID")) {
			return "on AWS (" + aws + " is set)";
		}
		return (firstSet(BUILD) == null) ? machine() : null;
	}

	private @Nullable String awsVariable() {
		String variable = firstSet(AWS);
		return (variable == null && isSet(CREDENTIALS_URI) && !isLocal(value(CREDENTIALS_URI))) ? CREDENTIALS_URI
				: variable;
	}

	/**
	 * Tools that provide credentials on a laptop serve them at a loopback address.
	 */
	private static boolean isLocal(String uri) {
		try {
			return LoopbackHost.isHostOf(URI.create(uri));
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private @Nullable String machine() {
		for (String file : new String[] { "sys/devices/virtual/dmi/id/sys_vendor",
				"sys/devices/virtual/dmi/id/board_vendor" }) {
			if (read(file).startsWith("Amazon EC2")) {
				return "on Amazon EC2 (/" + file + ")";
			}
		}
		if (read("sys/hypervisor/uuid").startsWith("ec2")) {
			return "on Amazon EC2 (/sys/hypervisor/uuid)";
		}
		if (exists("run/.toolboxenv")) {
			return null;
		}
		for (String file : new String[] { ".dockerenv", "run/.containerenv" }) {
			if (exists(file)) {
				return "in a container (/" + file + " exists)";
			}
		}
		if (CONTAINER_CGROUP.matcher(read("proc/1/cgroup")).find()) {
			return "in a container (/proc/1/cgroup)";
		}
		return CONTAINER_MOUNT.matcher(read("proc/self/mountinfo")).find() ? "in a container (/proc/self/mountinfo)"
				: null;
	}

	private boolean isCloudShell() {
		return value("AWS_EXECUTION_ENV").equalsIgnoreCase("CloudShell");
	}

	private @Nullable String firstSet(List<String> names) {
		return names.stream().filter(this::isSet).findFirst().orElse(null);
	}

	private boolean isSet(String name) {
		String value = value(name);
		return !value.isBlank() && !value.equalsIgnoreCase("false");
	}

	private String value(String name) {
		return this.environment.getProperty(name, "");
	}

	private boolean exists(String file) {
		return Files.exists(this.root.resolve(file));
	}

	private String read(String file) {
		Path path = this.root.resolve(file);
		try {
			return Files.isReadable(path) ? Files.readString(path, StandardCharsets.ISO_8859_1) : "";
		}
		catch (IOException ex) {
			return "";
		}
	}

}
