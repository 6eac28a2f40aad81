package dev.cloudmap.discovery.clients;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A self-signed certificate for 127.0.0.1 that this JVM trusts, so that clients use HTTPS
 * without special configuration.
 */
final class LoopbackCertificate {

	private static final String PASSWORD = "changeit";

	private static final SSLContext SERVER = create();

	private LoopbackCertificate() {
	}

	/**
	 * Adds the certificate to the trust store of the JVM. Call this method before the
	 * first use of TLS, because the JVM reads the trust store once.
	 */
	static void trust() {
		SERVER.getProtocol();
	}

	/**
	 * Returns the TLS context of a server with this certificate.
	 */
	static SSLContext server() {
		return SERVER;
	}

	private static SSLContext create() {
		try {
			Path directory = Files.createTempDirectory("loopback-certificate");
			Path file = directory.resolve("keys.p12");
			file.toFile().deleteOnExit();
			directory.toFile().deleteOnExit();
			Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
					"-genkeypair", "-keyalg", "EC", "-dname", "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1", "-validity",
					"2", "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", PASSWORD)
				.redirectErrorStream(true)
				.start();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (process.waitFor() != 0) {
				throw new IOException(output);
			}
			System.setProperty("javax.net.ssl.trustStore", file.toString());
			System.setProperty("javax.net.ssl.trustStorePassword", PASSWORD);
			KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			keys.init(KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray()), PASSWORD.toCharArray());
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keys.getKeyManagers(), null, null);
			return context;
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}
