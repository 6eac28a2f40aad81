package dev.cloudmap.discovery.autoconfigure.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The name of a property as it is written in a property source.
 *
 * @param text the name as written
 * @param syntax the syntax in which it is written
 * @param elements its elements
 */
record WrittenName(String text, Syntax syntax, List<Element> elements) {

	WrittenName {
		elements = List.copyOf(elements);
	}

	/**
	 * How names are written.
	 */
	enum Syntax {

		/** With dots, dashes and brackets. */
		DOTTED,

		/** As an environment variable, in which an underscore is a dot or a dash. */
		ENVIRONMENT

	}

	/**
	 * An element of a name.
	 *
	 * @param text the element as written
	 * @param uniform its letters and digits in lower case, and all of it if it is in
	 * brackets
	 * @param bracketed whether it is in brackets
	 */
	record Element(String text, String uniform, boolean bracketed) {

		static Element of(String text) {
			return new Element(text, WrittenName.uniform(text), false);
		}

		/**
		 * Whether Spring Boot drops characters of it.
		 */
		boolean isCut() {
			return !this.bracketed && !this.text.matches("[A-Za-z0-9_-]*");
		}

		boolean isNumeric() {
			return !this.text.isEmpty() && this.text.chars().allMatch((c) -> c >= '0' && c <= '9');
		}

	}

	static WrittenName dotted(String text) {
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(text, '.');
		String[] written = text.split("\\.", -1);
		boolean separable = text.indexOf('[') < 0 && written.length == name.getNumberOfElements();
		List<Element> elements = new ArrayList<>();
		for (int i = 0; i < name.getNumberOfElements(); i++) {
			elements.add(new Element(separable ? written[i] : name.getElement(i, Form.ORIGINAL),
					name.getElement(i, Form.UNIFORM), name.chop(i + 1).isLastElementIndexed()));
		}
		return new WrittenName(text, Syntax.DOTTED, elements);
	}

	static WrittenName environmentVariable(String text) {
		return new WrittenName(text, Syntax.ENVIRONMENT,
				Arrays.stream(text.toLowerCase(Locale.ROOT).split("_", -1)).map(Element::of).toList());
	}

	/**
	 * The letters and digits of a name in lower case, by which Spring Boot compares.
	 */
	static String uniform(String name) {
		StringBuilder letters = new StringBuilder();
		name.toLowerCase(Locale.ROOT)
			.chars()
			.filter(Character::isLetterOrDigit)
			.forEach((c) -> letters.append((char) c));
		return letters.toString();
	}

	/**
	 * The name without separators.
	 */
	String uniform() {
		return uniform(this.text);
	}

	/**
	 * Whether Spring Boot drops characters of it.
	 */
	boolean isCut() {
		return this.elements.stream().anyMatch(Element::isCut);
	}

	boolean isBelow(String group) {
		return this.elements.size() > 1 && this.elements.get(0).uniform().equals(group);
	}

	/**
	 * The name of a property in this name's syntax.
	 * @param property the name in dashed form
	 */
	String inSameSyntax(String property) {
		String name = property.replaceAll("\\[(\\d+)]", ".$1");
		if (this.syntax == Syntax.DOTTED || name.indexOf('[') >= 0) {
			return property;
		}
		return name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
	}

}
