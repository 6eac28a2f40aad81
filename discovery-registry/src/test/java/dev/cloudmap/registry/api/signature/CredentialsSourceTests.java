package dev.cloudmap.registry.api.signature;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.registry.RegistryOptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CredentialsSourceTests {

	@TempDir
	private Path directory;

	private Path file;

	@BeforeEach
	void chooseFile() {
		this.file = this.directory.resolve("keys");
	}

	private Credentials readFile(String content) throws IOException {
		Files.writeString(this.file, content);
		return CredentialsSource.read(this.file.toString(), (name) -> null);
	}

	private static Credentials readVariable(String value) {
		return CredentialsSource.read("env:KEYS", Map.of("KEYS", value)::get);
	}

	@ParameterizedTest
	@ValueSource(strings = { "one hush/+=1\ntwo\thush:2\n", "one:hush/+=1\r\n\r\n# comment\ntwo:hush:2",
			"  # comment\n  one    hush/+=1  \n\n two hush:2",
			"[default]\naws_access_key_id = one\naws_secret_access_key=hush/+=1\nregion = eu-west-1\n"
					+ "[other]\nregion = x\n; comment\n[two]\nAWS_SECRET_ACCESS_KEY=hush:2\naws_access_key_id=two" })
	void readsFiles(String content) throws IOException {
		Credentials credentials = readFile(content);
		assertThat(credentials.areRequired()).isTrue();
		assertThat(credentials.secretOf("one")).isEqualTo("hush/+=1");
		assertThat(credentials.secretOf("two")).isEqualTo("hush:2");
		assertThat(credentials.secretOf("three")).isNull();
		assertThat(CredentialsSource.read("file:" + this.file, (name) -> null).secretOf("one")).isEqualTo("hush/+=1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "one:hush1,two:hush2", " one:hush1 , two:hush2 ", "one:hush1\ntwo:hush2" })
	void readsVariables(String value) {
		assertThat(readVariable(value).secretOf("one")).isEqualTo("hush1");
		assertThat(readVariable(value).secretOf("two")).isEqualTo("hush2");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			one hush1~two                                    | line 2
			one hush1~two hush2 hush3                        | line 2
			# x~~one hush1~one hush2                         | line 4
			one/hush hush1                                   | line 1
			one:                                             | line 1
			:hush1                                           | line 1
			one hush\u00e9                                   | line 1
			[a]~aws_access_key_id=one                        | section in line 1
			[b]~[a]~aws_secret_access_key=hush1~[c]          | section in line 2
			[a]~hush1                                        | line 2
			~# x                                             | no access key
			""")
	void fileErrorStatesLocationWithoutContent(String content, String place) {
		assertThatIllegalArgumentException().isThrownBy(() -> readFile(content.replace('~', '\n')))
			.withMessageContaining(this.file.toString())
			.withMessageContaining(place)
			.withMessageNotContaining("hush");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			one:hush1,hush2   | pair 2
			hush1             | pair 1
			one:hush1 one:x   | pair 2
			' , '             | no access key
			""")
	void variableErrorStatesLocationWithoutContent(String value, String place) {
		assertThatIllegalArgumentException().isThrownBy(() -> readVariable(value))
			.withMessageContaining("KEYS")
			.withMessageContaining(place)
			.withMessageNotContaining("hush");
	}

	@Test
	void errorStatesUnreadableFile() throws IOException {
		assertThatIllegalArgumentException().isThrownBy(() -> CredentialsSource.read("env:KEYS", (name) -> null))
			.withMessageContaining("KEYS is not set");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> CredentialsSource.read(this.file.toString(), (name) -> null))
			.withMessageContaining(this.file.toString())
			.withMessageContaining("does not exist");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> CredentialsSource.read(this.directory.toString(), (name) -> null))
			.withMessageContaining("cannot be read");
		assertThatIllegalArgumentException().isThrownBy(() -> CredentialsSource.read("a\u0000b", (name) -> null))
			.withMessageContaining("cannot be read");
		Files.write(this.file, "one hush\u00e9".getBytes(StandardCharsets.ISO_8859_1));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> CredentialsSource.read(this.file.toString(), (name) -> null))
			.withMessageContaining("UTF-8");
	}

	@Test
	void doesNotExposeSecrets() {
		Credentials credentials = Credentials.of("one", "hush1").and("two", "hush2");
		assertThat(credentials.toString()).doesNotContain("hush", "one", "two");
		assertThat(RegistryOptions.defaults().withCredentials(credentials).toString()).doesNotContain("hush");
		assertThatIllegalArgumentException().isThrownBy(() -> credentials.and("two", "hush3"))
			.withMessageNotContaining("hush");
		assertThatIllegalArgumentException().isThrownBy(() -> credentials.and("hush/", "hush 3"))
			.withMessageNotContaining("hush");
	}

}
