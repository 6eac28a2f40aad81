package dev.cloudmap.registry.state.command;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import dev.cloudmap.registry.state.model.Ids;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.model.Tags;
import dev.cloudmap.registry.state.snapshot.Command;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Changes the tags of a namespace or a service.
 *
 * @param arn the ARN of the namespace or service
 * @param change computes the new tags
 */
public record ChangeTags(String arn, UnaryOperator<Tags> change) implements Command<Tags> {

	/**
	 * Creates a command that adds or replaces tags.
	 * @param arn the ARN of the namespace or service
	 * @param tags the tags
	 * @return the command
	 */
	public static ChangeTags adding(String arn, Map<String, String> tags) {
		return new ChangeTags(arn, (current) -> current.with(tags, arn));
	}

	/**
	 * Creates a command that removes tags. Unknown keys are ignored.
	 * @param arn the ARN of the namespace or service
	 * @param keys the keys
	 * @return the command
	 */
	public static ChangeTags removing(String arn, List<String> keys) {
		return new ChangeTags(arn, (current) -> current.without(keys));
	}

	@Override
	public Tags apply(WriteTransaction transaction) {
		Namespace namespace = transaction.findNamespace(Ids.of(this.arn));
		if (namespace != null && namespace.arn().equals(this.arn)) {
			Tags changed = this.change.apply(namespace.tags());
			if (!changed.equals(namespace.tags())) {
				transaction.update(namespace.withTags(changed));
			}
			return changed;
		}
		Service service = transaction.findService(Ids.of(this.arn));
		if (service != null && service.arn().equals(this.arn)) {
			Tags changed = this.change.apply(service.tags());
			if (!changed.equals(service.tags())) {
				transaction.update(service.withTags(changed));
			}
			return changed;
		}
		throw RegistryException.noResource(this.arn);
	}

}
