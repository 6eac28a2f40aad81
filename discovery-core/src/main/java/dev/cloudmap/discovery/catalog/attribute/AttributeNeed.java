package dev.cloudmap.discovery.catalog.attribute;

/**
 * How much the callers of a service depend on the attributes of its instances.
 */
public enum AttributeNeed {

	/** Attributes are not looked up. */
	NONE,

	/**
	 * Attributes are looked up. Instances are used before their attributes are available.
	 */
	USED,

	/**
	 * Attributes decide which instances may be called. An instance is not used before its
	 * attributes are available.
	 */
	REQUIRED

}
