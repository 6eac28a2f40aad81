package dev.cloudmap.registry.api;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What is said about tags.
 */
final class TagMessages {

	private TagMessages() {
	}

	record Tag(@Required @Length(min = 1, max = Patterns.MAX_TAG_KEY) String key,
			@Required @Length(max = Patterns.MAX_TAG_VALUE) String value) {
	}

	record TagResource(
			@Required @Length(min = 1, max = Patterns.MAX_RESOURCE_ARN) @JsonProperty("ResourceARN") String resourceArn,
			@Required @Length(max = Patterns.MAX_TAGS) List<Tag> tags) {
	}

	record UntagResource(
			@Required @Length(min = 1, max = Patterns.MAX_RESOURCE_ARN) @JsonProperty("ResourceARN") String resourceArn,
			@Required @Length(
					max = Patterns.MAX_TAGS) List<@Length(min = 1, max = Patterns.MAX_TAG_KEY) String> tagKeys) {
	}

	record ListTagsForResource(@Required @Length(min = 1,
			max = Patterns.MAX_RESOURCE_ARN) @JsonProperty("ResourceARN") String resourceArn) {
	}

	record TagList(List<Tag> tags) {
	}

}
