package dev.cloudmap.discovery.clients;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Self-signed certificates that this JVM trusts, so that clients use HTTPS without
 * special configuration.
 */
enum LoopbackCertificate {

	/** A certificate for 127.0.0.1. */
	ADDRESS("ip:127.0.0.1"),

	/** A certificate for names only, some of which DNS does not resolve. */
	NAMES("dns:localhost,dns:*.by-name.corp");

	static final String PASSWORD = "changeit";

	private static final Path STORE = create();

	private final String subject;

	LoopbackCertificate(String subject) {
		this.subject = subject;
	}

	/**
	 * Makes a store with the certificates the trust store of the JVM. Call this method
	 * before the first use of TLS, because the JVM reads the trust store once.
	 */
	static void trust() {
		System.setProperty("javax.net.ssl.trustStore", store().toString());
		System.setProperty("javax.net.ssl.trustStorePassword", PASSWORD);
	}

	/**
	 * Returns a key store with the certificates, which is also a trust store.
	 */
	static Path store() {
		return STORE;
	}

	/**
	 * Returns the TLS context of a server with this certificate.
	 */
	SSLContext server() {
		try {
			KeyStore store = KeyStore.getInstance(STORE.toFile(), PASSWORD.toCharArray());
			for (String alias : Collections.list(store.aliases())) {
				if (!alias.equalsIgnoreCase(name())) {
					store.deleteEntry(alias);
				}
			}
			KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			keys.init(store, PASSWORD.toCharArray());
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keys.getKeyManagers(), null, null);
			return context;
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Path create() {
		try {
			Path directory = Files.createTempDirectory("loopback-certificate");
			Path file = directory.resolve("keys.p12");
			for (LoopbackCertificate certificate : values()) {
				create(file, certificate);
			}
			directory.toFile().deleteOnExit();
			file.toFile().deleteOnExit();
			return file;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static void create(Path file, LoopbackCertificate certificate) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", certificate.name(), "-keyalg", "EC", "-dname", "CN=" + certificate.name(),
				"-ext", "san=" + certificate.subject, "-validity", "2", "-storetype", "PKCS12", "-keystore",
				file.toString(), "-storepass", PASSWORD)
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (process.waitFor() != 0) {
			throw new IOException(output);
		}
	}

}
