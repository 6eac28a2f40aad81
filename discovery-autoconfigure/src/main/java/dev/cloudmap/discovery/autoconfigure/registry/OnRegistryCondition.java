package dev.cloudmap.discovery.autoconfigure.registry;

import java.util.Objects;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Condition of {@link ConditionalOnRegistry}. It is evaluated after the application's own
 * beans are defined.
 */
class OnRegistryCondition extends SpringBootCondition implements ConfigurationCondition {

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Object wanted = metadata.getAnnotations().get(ConditionalOnRegistry.class).asMap().get("value");
		RegistryChoice choice = RegistryChoice.of(context.getEnvironment(),
				Objects.requireNonNull(context.getBeanFactory()));
		return new ConditionOutcome(choice.type() == wanted, ConditionMessage.forCondition(ConditionalOnRegistry.class)
			.because(choice.type() + " is used: " + choice.reason()));
	}

}
