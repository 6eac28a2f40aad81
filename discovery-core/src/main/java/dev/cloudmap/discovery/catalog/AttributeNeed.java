package dev.cloudmap.discovery.catalog;

/**
 * How much the callers of a service depend on the attributes of its instances.
 */
public enum AttributeNeed {

	/** Attributes are not looked up. */
	NONE,

	/** Attributes are looked up. While they are unknown, instances are used without. */
	USED,

	/**
	 * Attributes decide which instances may be called at all. An instance is not used
	 * before its attributes are known.
	 */
	REQUIRED

}
