package dev.cloudmap.sample.kotlin

import org.springframework.beans.factory.config.ConfigurableBeanFactory
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.context.properties.ConfigurationProperties
import org.springframework.boot.context.properties.ConfigurationPropertiesScan
import org.springframework.boot.context.properties.bind.DefaultValue
import org.springframework.boot.runApplication
import org.springframework.cloud.client.loadbalancer.LoadBalanced
import org.springframework.context.annotation.Bean
import org.springframework.context.annotation.Scope
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RestController
import org.springframework.web.client.RestClient
import org.springframework.web.client.body

/** A shop whose instances call each other by the name of the service. */
@SpringBootApplication
@ConfigurationPropertiesScan
class ShopApplication {

	@LoadBalanced
	@Bean(defaultCandidate = false)
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	fun loadBalancedRestClientBuilder(builder: RestClient.Builder): RestClient.Builder = builder

	@Bean
	fun shopClient(@LoadBalanced builder: RestClient.Builder): RestClient = builder.baseUrl("http://shop/").build()
}

/** The properties of the shop. */
@ConfigurationProperties("shop")
data class ShopProperties(@DefaultValue("Hello from Kotlin") val greeting: String)

@RestController
class ShopController(private val properties: ShopProperties, private val shopClient: RestClient) {

	@GetMapping("/greeting")
	fun greeting(): String = properties.greeting

	@GetMapping("/")
	fun greetingOfAnyInstance(): String? = shopClient.get().uri("/greeting").retrieve().body<String>()
}

fun main(args: Array<String>) {
	runApplication<ShopApplication>(*args)
}
