package dev.cloudmap.sample.kotlin

import dev.cloudmap.discovery.registration.DiscoveryRegistration
import dev.cloudmap.discovery.registration.instance.RegistrationCustomizer
import dev.cloudmap.testsupport.Ports
import java.time.Duration
import org.assertj.core.api.Assertions.assertThat
import org.awaitility.Awaitility.await
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.springframework.boot.builder.SpringApplicationBuilder
import org.springframework.cloud.client.discovery.DiscoveryClient
import org.springframework.context.ConfigurableApplicationContext
import org.springframework.context.annotation.Bean
import org.springframework.web.client.RestClient
import org.springframework.web.client.body

/** A Kotlin application with this starter. */
@Tag("slow")
class ShopIT {

	private val registry = Ports.free()

	private val contexts = mutableListOf<ConfigurableApplicationContext>()

	@AfterEach
	fun close() = contexts.asReversed().forEach { it.close() }

	@Test
	fun `instances call each other by the name of the service`() {
		val first = shop("shop.greeting=first")
		val second = shop("shop.greeting=second")
		val client = first.getBean(DiscoveryClient::class.java)
		await().atMost(LIMIT).until { client.getInstances("shop").size == 2 }
		val greetings = mutableSetOf<String?>()
		await().atMost(LIMIT).untilAsserted {
			greetings += second.getBean(RestClient::class.java).get().uri("/greeting").retrieve().body<String>()
			assertThat(greetings).containsExactlyInAnyOrder("first", "second")
		}
	}

	@Test
	fun `attributes and health are those of a customizer and of the registration`() {
		val shop = shop()
		val client = shop.getBean(DiscoveryClient::class.java)
		await().atMost(LIMIT).until { client.getInstances("shop").size == 1 }
		val instance = client.getInstances("shop").single()
		assertThat(instance.metadata).containsEntry("language", "kotlin")
		val registration = shop.getBean(DiscoveryRegistration::class.java)
		assertThat(instance.instanceId).isEqualTo(registration.instanceId)
		assertThat(instance.port).isEqualTo(registration.port)
	}

	private fun shop(vararg properties: String): ConfigurableApplicationContext {
		val arguments = listOf("server.port=0", "discovery.embedded.http-port=$registry",
				"discovery.embedded.dns-port=0", "spring.main.banner-mode=off") + properties
		val context = SpringApplicationBuilder(ShopApplication::class.java, Customized::class.java)
			.run(*arguments.map { "--$it" }.toTypedArray())
		contexts += context
		return context
	}

	class Customized {

		@Bean
		fun language() = RegistrationCustomizer { attributes -> attributes["language"] = "kotlin" }
	}

	companion object {

		private val LIMIT: Duration = Duration.ofSeconds(30)
	}
}
