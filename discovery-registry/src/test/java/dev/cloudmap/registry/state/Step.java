package dev.cloudmap.registry.state;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.cloudmap.registry.state.StateModel.Effect;
import dev.cloudmap.registry.state.command.ChangeHealth;
import dev.cloudmap.registry.state.command.ChangeTags;
import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.command.CreateService;
import dev.cloudmap.registry.state.command.DeleteNamespace;
import dev.cloudmap.registry.state.command.DeleteService;
import dev.cloudmap.registry.state.command.DeregisterInstance;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.command.UpdateNamespace;
import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.CustomHealthCheck;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.model.Tags;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A command for both a state and its model. Small numbers identify namespaces, services
 * and instances, so that failures shrink well.
 */
interface Step {

	/**
	 * Creates the command.
	 * @param model the expected content
	 * @param snapshot the same content in the state
	 */
	Prepared prepare(StateModel model, RegistrySnapshot snapshot);

	/**
	 * Executes the command and compares the result.
	 */
	default Prepared run(RegistryState state, StateModel model) {
		Prepared prepared = prepare(model, state.snapshot());
		CompletableFuture<?> answer = prepared.submit().apply(state);
		prepared.compare(answer, this);
		return prepared;
	}

	private static String choose(List<String> ids, int index) {
		return (index < ids.size()) ? ids.get(index) : "none-" + index;
	}

	/**
	 * A command that is ready to execute.
	 */
	final class Prepared {

		private final String serviceId;

		private final Function<RegistryState, CompletableFuture<?>> submit;

		private final Supplier<Effect> expect;

		private Effect effect;

		private Prepared(String serviceId, Function<RegistryState, CompletableFuture<?>> submit,
				Supplier<Effect> expect) {
			this.serviceId = serviceId;
			this.submit = submit;
			this.expect = expect;
		}

		/**
		 * The service whose instances the command changes.
		 */
		String serviceId() {
			return this.serviceId;
		}

		Function<RegistryState, CompletableFuture<?>> submit() {
			return this.submit;
		}

		Effect effect() {
			return this.effect;
		}

		void compare(CompletableFuture<?> answer, Step step) {
			boolean refused = false;
			try {
				answer.join();
			}
			catch (CompletionException ex) {
				assertThat(ex).hasCauseInstanceOf(RegistryException.class);
				refused = true;
			}
			this.effect = this.expect.get();
			assertThat(refused).as("whether %s is refused", step).isEqualTo(this.effect == Effect.REFUSED);
		}

	}

	record CreateNamespaceStep(String name, NamespaceType type) implements Step {

		@Override
		public Prepared prepare(StateModel model, RegistrySnapshot snapshot) {
			String id = "ns-" + model.nextNumber();
			CreateNamespace command = Samples.createNamespace(id, this.name, this.type);
			return new Prepared("", (state) -> state.submit(command),
					() -> model.createNamespace(id, this.name, this.type));
		}

	}

	record CreateServiceStep(int namespace, String name, boolean customHealth) implements Step {

		@Override
		public Prepared prepare(StateModel model, RegistrySnapshot snapshot) {
			String id = "srv-" + model.nextNumber();
			String namespaceId = choose(model.namespaceIds(), this.namespace);
			Service service = new Service(id, "arn:aws:servicediscovery:local:0:service/" + id, namespaceId, this.name,
					null, null, null, this.customHealth ? new CustomHealthCheck(1) : null, Instant.EPOCH, null,
					Map.of(), Tags.NONE);
			return new Prepared("", (state) -> state.submit(new CreateService(service, CreateService.Kind.API_ONLY)),
					() -> model.createService(id, namespaceId, this.name, this.customHealth));
		}

	}

	record RegisterStep(int service, int instance, Map<String, String> custom, String initialHealth) implements Step {

		@Override
		public Prepared prepare(StateModel model, RegistrySnapshot snapshot) {
			String serviceId = choose(model.serviceIds(), this.service);
			String id = "i-" + this.instance;
			Map<String, String> attributes = new HashMap<>(this.custom);
			if (this.initialHealth != null) {
				attributes.put(AttributeNames.INITIAL_HEALTH, this.initialHealth);
			}
			return new Prepared(serviceId,
					(state) -> state
						.submit(new RegisterInstance(new InstanceReference(serviceId, id), attributes, null)),
					() -> model.register(serviceId, id, attributes));
		}

	}

	record DeregisterStep(int service, int instance) implements Step {

		@Override
		public Prepared prepare(StateModel model, RegistrySnapshot snapshot) {
			String serviceId = choose(model.serviceIds(), this.service);
			String id = "i-" + this.instance;
			return new Prepared(serviceId,
					(state) -> state.submit(new DeregisterInstance(new InstanceReference(serviceId, id))),
					() -> model.deregister(serviceId, id));
		}

	}

	record HealthStep(int service, int instance, ChangeHealth.Verdict verdict, boolean outdated) implements Step {

		@Override
		public Prepared prepare(StateModel model, RegistrySnapshot snapshot) {
			String serviceId = choose(model.serviceIds(), this.service);
			InstanceReference key = new InstanceReference(serviceId, "i-" + this.instance);
			ServiceState now = snapshot.findService(serviceId);
			Instance found = (now != null) ? now.instances().get(key.instanceId()) : null;
			long registration = (found != null && !this.outdated) ? found.registration() : -1;
			return new Prepared(serviceId, (state) -> state.submit(new ChangeHealth(key, registration, this.verdict)),
					() -> model.changeHealth(serviceId, key.instanceId(), this.verdict, this.outdated));
		}

	}

	record DeleteNamespaceStep(int namespace) implements Step {

		@Override
		public Prepared prepare(StateModel model, RegistrySnapshot snapshot) {
			String id = choose(model.namespaceIds(), this.namespace);
			return new Prepared("", (state) -> state.submit(new DeleteNamespace(id)), () -> model.deleteNamespace(id));
		}

	}

	record DeleteServiceStep(int service) implements Step {

		@Override
		public Prepared prepare(StateModel model, RegistrySnapshot snapshot) {
			String id = choose(model.serviceIds(), this.service);
			return new Prepared("", (state) -> state.submit(new DeleteService(id)), () -> model.deleteService(id));
		}

	}

	record DescribeStep(int namespace, String description) implements Step {

		@Override
		public Prepared prepare(StateModel model, RegistrySnapshot snapshot) {
			String id = choose(model.namespaceIds(), this.namespace);
			Namespace present = snapshot.findNamespace(id);
			NamespaceType type = (present != null) ? present.type() : NamespaceType.HTTP;
			return new Prepared("",
					(state) -> state.submit(new UpdateNamespace(id, type, this.description, null, null)),
					() -> model.describe(id, this.description));
		}

	}

	record TagStep(int service, Map<String, String> tags) implements Step {

		@Override
		public Prepared prepare(StateModel model, RegistrySnapshot snapshot) {
			String id = choose(model.serviceIds(), this.service);
			return new Prepared("",
					(state) -> state
						.submit(ChangeTags.adding("arn:aws:servicediscovery:local:0:service/" + id, this.tags)),
					() -> model.tag(id, this.tags));
		}

	}

}
