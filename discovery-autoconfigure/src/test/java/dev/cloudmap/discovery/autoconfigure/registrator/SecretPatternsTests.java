package dev.cloudmap.discovery.autoconfigure.registrator;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SecretPatternsTests {

	@ParameterizedTest
	@ValueSource(strings = { "password", "db_passwd", "db_pass", "dbpassword", "pwd", "client_secret", "secrets",
			"api_token", "github_tokens", "apikey", "api_key", "signing_key", "keys", "aws_credentials", "basic_auth",
			"sentry_dsn", "jwt", "private", "connection_string", "connectionstring", "authorization" })
	void recognizesKeys(String key) {
		assertThat(SecretPatterns.match(key, "a")).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "region", "keyboard", "monkey", "author", "bypass", "passing", "spinner", "context-path",
			"privateer", "mode", "compass", "url", "saskia" })
	void acceptsOtherKeys(String key) {
		assertThat(SecretPatterns.match(key, "a")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "postgres://user:pw@db/orders", "https://abc123@example.com/",
			"jdbc:postgresql://user:pw@db/x", "jdbc:mysql://db/x?user=a&password=b", "Server=db;Pwd=x;",
			"-----BEGIN PRIVATE KEY-----", "AKIAIOSFODNN7EXAMPLE", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
			"{cipher}AQA1", "ENC(abc)", "AccountKey=abc==", "token: x" })
	void recognizesValues(String value) {
		assertThat(SecretPatterns.match("url", value)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "us-east", "https://example.com/orders", "jdbc:postgresql://db/orders", "team@example.com",
			"1.2.3", "https://example.com/@team", "tokenizer", "fence(a)" })
	void acceptsOtherValues(String value) {
		assertThat(SecretPatterns.match("url", value)).isFalse();
	}

}
