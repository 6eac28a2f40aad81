package dev.cloudmap.discovery.autoconfigure.check;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.core.ResolvableType;

/**
 * A known property or group of properties: a tree whose edges are the elements of names
 * in dashed form. Not thread-safe.
 */
final class PropertyNode {

	private final Map<String, PropertyNode> children = new LinkedHashMap<>();

	private Values values = Values.NONE;

	private @Nullable PropertyNode valueGroup;

	/**
	 * What stands below a node other than its children.
	 */
	enum Values {

		/** Nothing. */
		NONE,

		/** Indexes, as below a list. */
		INDEXED,

		/** Any keys, as below a map. */
		KEYED

	}

	Map<String, PropertyNode> children() {
		return this.children;
	}

	Values values() {
		return this.values;
	}

	/**
	 * What stands below each key of a map. Null if its values are scalar.
	 */
	@Nullable PropertyNode valueGroup() {
		return this.valueGroup;
	}

	/**
	 * Whether this is a group, which takes no value itself.
	 */
	boolean isGroup() {
		return !this.children.isEmpty();
	}

	/**
	 * Adds the properties that a record binds, and those of the records in it.
	 * @param name the name of the record's group relative to this node, in dashed form;
	 * empty if it is this node
	 * @param type the record
	 */
	void add(String name, Class<?> type) {
		(name.isEmpty() ? this : child(name)).addComponents(type, new LinkedHashMap<>());
	}

	/**
	 * Adds a property as configuration metadata describes it, unless it is known.
	 * @param name the name relative to this node
	 * @param type the type's name, null if it is not given
	 */
	void add(String name, @Nullable String type) {
		PropertyNode parent = this;
		String[] elements = name.split("\\.", -1);
		for (int i = 0; i < elements.length - 1; i++) {
			parent = parent.child(elements[i]);
		}
		PropertyNode node = parent.children.get(elements[elements.length - 1]);
		if (node == null) {
			parent.child(elements[elements.length - 1]).values = values(type);
		}
	}

	private PropertyNode child(String name) {
		PropertyNode node = this;
		for (String element : name.split("\\.", -1)) {
			node = node.children.computeIfAbsent(element, (absent) -> new PropertyNode());
		}
		return node;
	}

	private void addComponents(Class<?> type, Map<Class<?>, PropertyNode> enclosing) {
		enclosing.put(type, this);
		for (RecordComponent component : type.getRecordComponents()) {
			PropertyNode node = child(DataObjectPropertyName.toDashedForm(component.getName()));
			Class<?> raw = component.getType();
			if (raw.isRecord()) {
				node.addComponents(raw, enclosing);
			}
			else if (Map.class.isAssignableFrom(raw)) {
				node.values = Values.KEYED;
				node.valueGroup = valueGroup(component, enclosing);
			}
			else if (Collection.class.isAssignableFrom(raw) || raw.isArray()) {
				node.values = Values.INDEXED;
			}
		}
		enclosing.remove(type);
	}

	/** A record may have a map of its own type, and then the tree leads back to it. */
	private static @Nullable PropertyNode valueGroup(RecordComponent component, Map<Class<?>, PropertyNode> enclosing) {
		Class<?> type = ResolvableType.forType(component.getGenericType()).asMap().getGeneric(1).resolve(Object.class);
		if (!type.isRecord()) {
			return null;
		}
		PropertyNode known = enclosing.get(type);
		if (known != null) {
			return known;
		}
		PropertyNode group = new PropertyNode();
		group.addComponents(type, enclosing);
		return group;
	}

	private static Values values(@Nullable String type) {
		if (type == null) {
			return Values.NONE;
		}
		if (type.startsWith("java.util.Map") || type.equals("java.util.Properties")) {
			return Values.KEYED;
		}
		boolean indexed = type.startsWith("java.util.List") || type.startsWith("java.util.Set")
				|| type.startsWith("java.util.Collection") || type.endsWith("[]");
		return indexed ? Values.INDEXED : Values.NONE;
	}

}
