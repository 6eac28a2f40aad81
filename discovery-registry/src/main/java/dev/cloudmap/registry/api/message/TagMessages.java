package dev.cloudmap.registry.api.message;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The requests and responses on tags.
 */
public final class TagMessages {

	private TagMessages() {
	}

	public record Tag(@Required @Length(min = 1, max = Patterns.MAX_TAG_KEY) String key,
			@Required @Length(max = Patterns.MAX_TAG_VALUE) String value) {
	}

	public record TagResource(
			@Required @Length(min = 1, max = Patterns.MAX_RESOURCE_ARN) @JsonProperty("ResourceARN") String resourceArn,
			@Required @Length(max = Patterns.MAX_TAGS) List<Tag> tags) {
	}

	public record UntagResource(
			@Required @Length(min = 1, max = Patterns.MAX_RESOURCE_ARN) @JsonProperty("ResourceARN") String resourceArn,
			@Required @Length(
					max = Patterns.MAX_TAGS) List<@Length(min = 1, max = Patterns.MAX_TAG_KEY) String> tagKeys) {
	}

	public record ListTagsForResource(@Required @Length(min = 1,
			max = Patterns.MAX_RESOURCE_ARN) @JsonProperty("ResourceARN") String resourceArn) {
	}

	public record TagList(List<Tag> tags) {
	}

}
