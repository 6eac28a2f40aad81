package dev.cloudmap.registry.api.signature;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads access keys from a file or an environment variable.
 */
public final class CredentialsSource {

	private static final String ENVIRONMENT = "env:";

	private static final String FILE = "file:";

	private static final Pattern BLANKS = Pattern.compile("\\s+");

	private static final Pattern BETWEEN_PAIRS = Pattern.compile("[,\\s]+");

	private final String name;

	private Credentials credentials = Credentials.NONE;

	/** The settings of the current section; null if the file has no sections. */
	private @Nullable Map<String, String> section;

	private int sectionLine;

	private CredentialsSource(String name) {
		this.name = name;
	}

	/**
	 * Reads access keys.
	 * @param source {@code env:NAME} for an environment variable with pairs
	 * {@code id:secret}, separated by commas or blanks; otherwise the path of a file with
	 * one pair per line, separated by blanks or a colon, or in the format of
	 * {@code ~/.aws/credentials}; the prefix {@code file:} is optional
	 * @param environment returns the value of an environment variable, or null
	 * @return at least one access key
	 * @throws IllegalArgumentException if there is no access key or the source is
	 * malformed; the message does not contain its content
	 */
	public static Credentials read(String source, UnaryOperator<@Nullable String> environment) {
		return source.startsWith(ENVIRONMENT) ? readVariable(source.substring(ENVIRONMENT.length()), environment)
				: readFile(source.startsWith(FILE) ? source.substring(FILE.length()) : source);
	}

	private static Credentials readVariable(String variable, UnaryOperator<@Nullable String> environment) {
		String value = environment.apply(variable);
		CredentialsSource source = new CredentialsSource("The environment variable %s".formatted(variable));
		if (value == null) {
			throw new IllegalArgumentException(
					"%s is not set. Set it to pairs id:secret, separated by commas.".formatted(source.name));
		}
		int number = 0;
		for (String pair : BETWEEN_PAIRS.split(value, -1)) {
			if (!pair.isEmpty()) {
				number++;
				source.pair(pair, "pair " + number);
			}
		}
		return source.result();
	}

	private static Credentials readFile(String path) {
		CredentialsSource source = new CredentialsSource("The credentials file '%s'".formatted(path));
		int number = 0;
		for (String line : source.lines(path)) {
			number++;
			source.line(line.strip(), number);
		}
		source.endSection();
		return source.result();
	}

	private List<String> lines(String path) {
		try {
			return Files.readAllLines(Path.of(path));
		}
		catch (IOException | InvalidPathException ex) {
			throw new IllegalArgumentException("%s cannot be read: %s.".formatted(this.name, reason(ex)), ex);
		}
	}

	private static String reason(Exception failure) {
		if (failure instanceof NoSuchFileException) {
			return "the file does not exist";
		}
		if (failure instanceof AccessDeniedException) {
			return "access is denied";
		}
		return (failure instanceof CharacterCodingException) ? "it is not UTF-8 text"
				: String.valueOf(failure.getMessage());
	}

	private void line(String line, int number) {
		if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
			return;
		}
		if (line.startsWith("[") && line.endsWith("]")) {
			endSection();
			this.section = new HashMap<>();
			this.sectionLine = number;
		}
		else if (this.section != null) {
			int equals = line.indexOf('=');
			if (equals < 0) {
				throw malformed("line " + number, "expected name = value in a section.");
			}
			this.section.put(line.substring(0, equals).strip().toLowerCase(Locale.ROOT),
					line.substring(equals + 1).strip());
		}
		else {
			pair(line, "line " + number);
		}
	}

	private void pair(String text, String place) {
		int colon = text.indexOf(':');
		String[] words = BLANKS.split(text, -1);
		if (words.length == 2) {
			add(words[0], words[1], place);
		}
		else if (words.length == 1 && colon >= 0) {
			add(text.substring(0, colon), text.substring(colon + 1), place);
		}
		else {
			throw malformed(place,
					"expected an access key id and a secret access key, separated by a blank or a colon.");
		}
	}

	private void endSection() {
		Map<String, String> settings = (this.section != null) ? this.section : Map.of();
		String id = settings.get("aws_access_key_id");
		String secret = settings.get("aws_secret_access_key");
		String place = "the section in line " + this.sectionLine;
		if (id != null && secret != null) {
			add(id, secret, place);
		}
		else if (id != null || secret != null) {
			throw malformed(place, "it has only one of aws_access_key_id and aws_secret_access_key.");
		}
	}

	private void add(String accessKeyId, String secretAccessKey, String place) {
		try {
			this.credentials = this.credentials.and(accessKeyId, secretAccessKey);
		}
		catch (IllegalArgumentException ex) {
			throw malformed(place, String.valueOf(ex.getMessage()));
		}
	}

	private IllegalArgumentException malformed(String place, String why) {
		return new IllegalArgumentException("%s, %s: %s".formatted(this.name, place, why));
	}

	private Credentials result() {
		if (!this.credentials.areRequired()) {
			throw new IllegalArgumentException("%s has no access key.".formatted(this.name));
		}
		return this.credentials;
	}

}
