package dev.cloudmap.registry.crash;

import java.util.Collection;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.Tag;

/**
 * Sets, changes and removes tags of a namespace. The state is the value.
 */
final class TagActor extends ModelledActor<String> {

	private static final int TAGS = 10;

	private final String name;

	private String arn;

	TagActor(String name) {
		this.name = name;
	}

	@Override
	public void prepare(ServiceDiscoveryClient client) {
		String namespaceId = Actor.createNamespace(client, this.name);
		this.arn = client.getNamespace((request) -> request.id(namespaceId)).namespace().arn();
	}

	@Override
	Write<String> next(Random random) {
		String key = "tag-" + random.nextInt(TAGS);
		if (acknowledged(key) != null && random.nextInt(3) == 0) {
			return new Write<>(key, null,
					(client) -> client.untagResource((request) -> request.resourceARN(this.arn).tagKeys(key)));
		}
		String value = Integer.toHexString(random.nextInt());
		return new Write<>(key, value, (client) -> client
			.tagResource((request) -> request.resourceARN(this.arn).tags(Tag.builder().key(key).value(value).build())));
	}

	@Override
	Map<String, String> read(ServiceDiscoveryClient client, Collection<String> keys) {
		Map<String, String> found = new TreeMap<>();
		client.listTagsForResource((request) -> request.resourceARN(this.arn))
			.tags()
			.forEach((tag) -> found.put(tag.key(), tag.value()));
		return found;
	}

}
