package dev.cloudmap.discovery.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Filter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionLogTests {

	private static final Logger logger = Logger.getLogger("sun.net.www.protocol.http.HttpURLConnection");

	private final List<String> logged = new ArrayList<>();

	private final Handler handler = new Handler() {

		@Override
		public void publish(LogRecord entry) {
			ConnectionLogTests.this.logged.add(entry.getMessage());
		}

		@Override
		public void flush() {
		}

		@Override
		public void close() {
		}

	};

	private final Filter before = logger.getFilter();

	@BeforeEach
	void listen() {
		this.handler.setLevel(Level.ALL);
		logger.setLevel(Level.ALL);
		logger.addHandler(this.handler);
	}

	@AfterEach
	void stop() {
		logger.removeHandler(this.handler);
		logger.setLevel(null);
		logger.setFilter(this.before);
	}

	@Test
	void hidesCredentialsAndKeepsOtherHeaders() {
		ConnectionLog.hideCredentials();
		logger.fine("sun.net.www.MessageHeader@1 6 pairs: {POST / HTTP/1.1: null}{Authorization: AWS4 a=b, {c}d}"
				+ "{X-Amz-Security-Token: one\ntwo}{x-aws-ec2-metadata-token: three}{Proxy-authorization: Basic four}"
				+ "{Host: localhost}");
		logger.fine("sun.net.www.MessageHeader@2 2 pairs: {null: HTTP/1.1 200 OK}{Set-Cookie: five}");
		logger.finest("Proxy used: {DIRECT}");
		assertThat(this.logged).containsExactly(
				"sun.net.www.MessageHeader@1 6 pairs: {POST / HTTP/1.1: null}{Authorization: (hidden)}"
						+ "{X-Amz-Security-Token: (hidden)}{x-aws-ec2-metadata-token: (hidden)}"
						+ "{Proxy-authorization: (hidden)}{Host: localhost}",
				"sun.net.www.MessageHeader@2 2 pairs: {null: HTTP/1.1 200 OK}{Set-Cookie: (hidden)}",
				"Proxy used: {DIRECT}");
	}

	@Test
	void keepsExistingFilterAndAddsOnlyOne() {
		logger.setFilter((entry) -> !entry.getMessage().contains("noise"));
		ConnectionLog.hideCredentials();
		Filter once = logger.getFilter();
		ConnectionLog.hideCredentials();
		assertThat(logger.getFilter()).isSameAs(once);
		logger.fine("noise");
		logger.fine("{Authorization: one}");
		assertThat(this.logged).containsExactly("{Authorization: (hidden)}");
	}

}
