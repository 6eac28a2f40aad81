package dev.cloudmap.registry.state.command;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import dev.cloudmap.registry.state.model.Ids;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Tags;
import dev.cloudmap.registry.state.snapshot.Command;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;
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
		RegistrySnapshot snapshot = transaction.snapshot();
		Tags current = snapshot.tags(this.arn);
		Tags changed = this.change.apply(current);
		Namespace namespace = snapshot.findNamespace(Ids.of(this.arn));
		ServiceState service = snapshot.findService(Ids.of(this.arn));
		if (namespace != null && !changed.equals(current)) {
			transaction.update(namespace.withTags(changed));
		}
		if (service != null && !changed.equals(current)) {
			transaction.update(service.service().withTags(changed));
		}
		return changed;
	}

}
