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
 * @param arn what has the tags
 * @param change makes the new tags from the present ones
 */
public record ChangeTags(String arn, UnaryOperator<Tags> change) implements Command<Tags> {

	/**
	 * Returns the command that adds tags, or gives them other values.
	 * @param arn what is to have the tags
	 * @param tags the tags
	 * @return the command
	 */
	public static ChangeTags adding(String arn, Map<String, String> tags) {
		return new ChangeTags(arn, (current) -> current.with(tags, arn));
	}

	/**
	 * Returns the command that removes tags. Keys that are not there are ignored.
	 * @param arn what has the tags
	 * @param keys the tags' keys
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
