package dev.cloudmap.registry.api.message;

/**
 * The conditions of list filters.
 */
public enum FilterCondition {

	EQ, IN, BETWEEN, BEGINS_WITH

}
