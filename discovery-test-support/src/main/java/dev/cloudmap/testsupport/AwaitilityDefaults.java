package dev.cloudmap.testsupport;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Shortens the waits of all tests: by default each takes a multiple of 100 ms.
 */
public final class AwaitilityDefaults implements LauncherSessionListener {

	private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

	@Override
	public void launcherSessionOpened(LauncherSession session) {
		Awaitility.setDefaultPollDelay(Duration.ZERO);
		Awaitility.setDefaultPollInterval(POLL_INTERVAL);
	}

}
