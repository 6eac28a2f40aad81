package dev.cloudmap.discovery.autoconfigure.check;

import java.util.List;

/**
 * A property that is set and has no effect, or not the one that its name says.
 *
 * @param name the name as it is written
 * @param place where it is written
 * @param suggestions what may have been meant, the most likely first; empty if it
 * resembles nothing known
 */
record UnknownProperty(WrittenName name, String place, List<String> suggestions) {

	private static final String BRACKETED_KEY = ".*\\[.*\\D.*].*";

	UnknownProperty {
		suggestions = List.copyOf(suggestions);
	}

	/**
	 * By this, the same mistake in two places, syntaxes or elements of a list is the
	 * same.
	 */
	String key() {
		return WrittenName.uniform(this.name.text().replaceAll("\\[\\d+]", ""));
	}

	/**
	 * What is wrong and what to write instead, as one line.
	 */
	String message() {
		String flaw = needsBrackets() ? " is not read as it is written. " : " is unknown. ";
		return described() + flaw + question();
	}

	/**
	 * The name and the place.
	 */
	String described() {
		String kind = switch (this.name.syntax()) {
			case DOTTED -> "Property ";
			case ENVIRONMENT -> "Environment variable ";
		};
		return kind + this.name.text() + " (" + this.place + ")";
	}

	/**
	 * What may have been meant.
	 */
	String question() {
		String question = "Did you mean "
				+ String.join(" or ", this.suggestions.stream().map(this.name::inSameSyntax).toList()) + "?";
		if (!needsBrackets()) {
			return question;
		}
		return question + switch (this.name.syntax()) {
			case DOTTED -> " A key with dots or special characters is written in brackets, in YAML as \"[a.b]\"";
			case ENVIRONMENT -> " An environment variable takes no key with dots or dashes: write it in a file";
		};
	}

	private boolean needsBrackets() {
		return this.suggestions.stream().anyMatch((suggestion) -> suggestion.matches(BRACKETED_KEY))
				&& !this.name.text().matches(BRACKETED_KEY);
	}

}
