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
 * A certificate of 127.0.0.1, of its own making, which this JVM trusts: so every client
 * calls by HTTPS as it does by itself.
 */
final class LoopbackCertificate {

	private static final String PASSWORD = "changeit";

	private static final SSLContext SERVER = create();

	private LoopbackCertificate() {
	}

	/**
	 * Trusts it. To be called before anything speaks TLS: the JVM looks once.
	 */
	static void trust() {
		SERVER.getProtocol();
	}

	/**
	 * What a server shows it by.
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
