package dev.cloudmap.registry.api.operation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.message.TagMessages.ListTagsForResource;
import dev.cloudmap.registry.api.message.TagMessages.Tag;
import dev.cloudmap.registry.api.message.TagMessages.TagList;
import dev.cloudmap.registry.api.message.TagMessages.TagResource;
import dev.cloudmap.registry.api.message.TagMessages.UntagResource;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.ChangeTags;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.Tags;

/**
 * The operations on tags.
 */
final class TagApi {

	private final RegistryState state;

	TagApi(RegistryState state) {
		this.state = state;
	}

	CompletableFuture<?> tag(TagResource request) {
		return this.state.submit(ChangeTags.adding(request.resourceArn(), byKey(request.tags())))
			.thenApply((tags) -> ApiDispatcher.EMPTY);
	}

	CompletableFuture<?> untag(UntagResource request) {
		return this.state.submit(ChangeTags.removing(request.resourceArn(), request.tagKeys()))
			.thenApply((tags) -> ApiDispatcher.EMPTY);
	}

	TagList list(ListTagsForResource request) {
		Tags tags = this.state.snapshot().tags(request.resourceArn());
		return new TagList(
				tags.values().entrySet().stream().map((entry) -> new Tag(entry.getKey(), entry.getValue())).toList());
	}

	/**
	 * Returns the tags of a new resource.
	 * @param resource the resource, for error messages
	 */
	static Tags of(@Nullable List<Tag> tags, String resource) {
		return (tags != null) ? Tags.NONE.with(byKey(tags), resource) : Tags.NONE;
	}

	private static Map<String, String> byKey(List<Tag> tags) {
		Map<String, String> byKey = new LinkedHashMap<>();
		for (Tag tag : tags) {
			if (byKey.put(tag.key(), tag.value()) != null) {
				throw RegistryException
					.invalid("Tag keys must be unique, but '%s' is a duplicate.".formatted(tag.key()));
			}
		}
		return byKey;
	}

}
