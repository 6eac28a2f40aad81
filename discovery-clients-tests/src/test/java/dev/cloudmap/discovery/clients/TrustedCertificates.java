package dev.cloudmap.discovery.clients;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Makes clients trust the certificates of {@link LoopbackCertificate}. The JVM reads the
 * trust store once, with the first client of any test.
 */
public final class TrustedCertificates implements LauncherSessionListener {

	@Override
	public void launcherSessionOpened(LauncherSession session) {
		LoopbackCertificate.trust();
	}

}
