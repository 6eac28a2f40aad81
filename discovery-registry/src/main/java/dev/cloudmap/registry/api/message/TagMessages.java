package dev.cloudmap.registry.api.message;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The requests and responses on tags.
 */
public final class TagMessages {

	private TagMessages() {
	}

	public record Tag(@Required @Is(Shape.TAG_KEY) String key, @Required @Is(Shape.TAG_VALUE) String value) {
	}

	public record TagResource(@Required @Is(Shape.RESOURCE_ARN) @JsonProperty("ResourceARN") String resourceArn,
			@Required @Is(Shape.TAGS) List<Tag> tags) {
	}

	public record UntagResource(@Required @Is(Shape.RESOURCE_ARN) @JsonProperty("ResourceARN") String resourceArn,
			@Required @Is(Shape.TAGS) List<@Is(Shape.TAG_KEY) String> tagKeys) {
	}

	public record ListTagsForResource(
			@Required @Is(Shape.RESOURCE_ARN) @JsonProperty("ResourceARN") String resourceArn) {
	}

	public record TagList(List<Tag> tags) {
	}

}
