package dev.cloudmap.registry.api.message;

import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.RegistryException;

/**
 * Validates requests against the constraint annotations of their members and of the
 * elements of lists and maps.
 */
public final class RequestValidator {

	private static final ClassValue<List<Member>> members = new ClassValue<>() {

		@Override
		protected List<Member> computeValue(Class<?> type) {
			return Arrays.stream(type.getRecordComponents()).map(Member::of).toList();
		}

	};

	private RequestValidator() {
	}

	/**
	 * Validates a request.
	 * @param request a record
	 * @throws RegistryException if a constraint is violated
	 */
	public static void check(Record request) {
		Violations violations = new Violations();
		checkMembers("", request, violations);
		violations.throwIfAny();
	}

	private static void checkMembers(String path, Record value, Violations violations) {
		for (Member member : members.get(value.getClass())) {
			String name = path.isEmpty() ? member.name() : path + "." + member.name();
			member.rule().check(name, member.read(value), violations);
		}
	}

	/**
	 * A member of a request.
	 */
	private record Member(RecordComponent component, String name, Rule rule) {

		static Member of(RecordComponent component) {
			JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
			String name = component.getName();
			name = (property != null) ? property.value() : Character.toUpperCase(name.charAt(0)) + name.substring(1);
			component.getAccessor().setAccessible(true);
			return new Member(component, name, Rule.of(component.getAnnotatedType()));
		}

		@Nullable Object read(Record owner) {
			try {
				return this.component.getAccessor().invoke(owner);
			}
			catch (IllegalAccessException | InvocationTargetException ex) {
				throw new IllegalStateException("Cannot read " + this.component, ex);
			}
		}

	}

	/**
	 * The constraints of a value and its elements.
	 */
	private record Rule(@Nullable Required required, @Nullable Shape shape, @Nullable OneOf oneOf,
			List<Rule> elements) {

		static Rule of(AnnotatedType type) {
			List<Rule> elements = List.of();
			if (type instanceof AnnotatedParameterizedType generic && isContainer(generic)) {
				elements = Arrays.stream(generic.getAnnotatedActualTypeArguments()).map(Rule::of).toList();
			}
			Is is = type.getAnnotation(Is.class);
			return new Rule(type.getAnnotation(Required.class), (is != null) ? is.value() : null,
					type.getAnnotation(OneOf.class), elements);
		}

		private static boolean isContainer(AnnotatedParameterizedType type) {
			Class<?> raw = (Class<?>) ((ParameterizedType) type.getType()).getRawType();
			return Collection.class.isAssignableFrom(raw) || Map.class.isAssignableFrom(raw);
		}

		void check(String name, @Nullable Object value, Violations violations) {
			if (value == null) {
				if (this.required != null) {
					violations.add(name, null, "Member must not be null");
				}
				return;
			}
			if (value instanceof String string) {
				checkString(name, string, violations);
			}
			else if (value instanceof Number number) {
				checkNumber(name, number.longValue(), violations);
			}
			else if (value instanceof Collection<?> list
					&& hasLength(name, counted(list.size()), list.size(), violations)) {
				int index = 1;
				for (Object element : list) {
					checkElement(0, "%s.%d.member".formatted(name, index++), element, violations);
				}
			}
			else if (value instanceof Map<?, ?> map && hasLength(name, counted(map.size()), map.size(), violations)) {
				map.forEach((key, element) -> {
					checkElement(0, name + ".key", key, violations);
					checkElement(1, name + "." + key, element, violations);
				});
			}
			else if (value instanceof Record part) {
				checkMembers(name, part, violations);
			}
		}

		private void checkElement(int index, String name, @Nullable Object element, Violations violations) {
			if (element == null) {
				violations.add(name, null, "Member must not be null");
				return;
			}
			this.elements.get(index).check(name, element, violations);
		}

		/**
		 * Skips the pattern for long values, which could take a long time to match.
		 */
		private void checkString(String name, String value, Violations violations) {
			Pattern pattern = (this.shape != null) ? this.shape.pattern() : null;
			if (hasLength(name, value, value.length(), violations) && pattern != null
					&& !pattern.matcher(value).matches()) {
				violations.add(name, value, "Member must satisfy regular expression pattern: " + pattern);
			}
			if (this.oneOf != null) {
				List<String> allowed = Arrays.stream(this.oneOf.value().getEnumConstants()).map(Enum::name).toList();
				if (!allowed.contains(value)) {
					violations.add(name, value, "Member must satisfy enum value set: " + allowed);
				}
			}
		}

		private void checkNumber(String name, long value, Violations violations) {
			if (this.shape != null && value < this.shape.min()) {
				violations.add(name, value, "Member must have value greater than or equal to " + this.shape.min());
			}
			if (this.shape != null && value > this.shape.max()) {
				violations.add(name, value, "Member must have value less than or equal to " + this.shape.max());
			}
		}

		private static String counted(int elements) {
			return elements + " elements";
		}

		private boolean hasLength(String name, String value, int length, Violations violations) {
			if (this.shape != null && length < this.shape.min()) {
				violations.add(name, value, "Member must have length greater than or equal to " + this.shape.min());
				return false;
			}
			if (this.shape != null && length > this.shape.max()) {
				violations.add(name, value, "Member must have length less than or equal to " + this.shape.max());
				return false;
			}
			return true;
		}

	}

	/**
	 * The violations of a request. All are counted; the first ones are reported.
	 */
	private static final class Violations {

		private static final int MAX_REPORTED = 10;

		private static final int MAX_SHOWN = 100;

		private final List<String> reported = new ArrayList<>();

		private int count;

		void add(String name, @Nullable Object value, String constraint) {
			this.count++;
			if (this.reported.size() < MAX_REPORTED) {
				String found = (value != null) ? "'" + shorten(value.toString()) + "'" : "null";
				this.reported.add("Value %s at '%s' failed to satisfy constraint: %s".formatted(found, shorten(name),
						constraint));
			}
		}

		void throwIfAny() {
			if (this.count > 0) {
				throw RegistryException
					.invalid("%d validation error%s detected: %s%s".formatted(this.count, (this.count > 1) ? "s" : "",
							String.join("; ", this.reported), (this.count > MAX_REPORTED) ? "; and more" : ""));
			}
		}

		private static String shorten(String text) {
			return (text.length() > MAX_SHOWN) ? text.substring(0, MAX_SHOWN) + "..." : text;
		}

	}

}
