# Image of a sample or another application with discovery-starter, built from its directory after mvn -DskipTests package:
#   docker build -f samples.Dockerfile -t sample-worker sample-worker
# BASE_IMAGE can be any image with a JRE (17 or newer) and java on the PATH.
ARG BASE_IMAGE=eclipse-temurin:17-jre

FROM ${BASE_IMAGE} AS layers
WORKDIR /build
COPY target/*.jar application.jar
RUN ["java", "-Djarmode=tools", "-jar", "application.jar", "extract", "--layers", "--destination", "layers"]

FROM ${BASE_IMAGE}
WORKDIR /app
COPY --from=layers /build/layers/dependencies/ ./
COPY --from=layers /build/layers/spring-boot-loader/ ./
COPY --from=layers /build/layers/snapshot-dependencies/ ./
COPY --from=layers /build/layers/application/ ./
USER 10001:10001
ENV SERVER_PORT=8080
EXPOSE 8080/tcp
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 \
  CMD ["java", "-Xmx16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", "/app/lib/*", \
       "dev.cloudmap.registry.HealthCheckCommand", "http://127.0.0.1:8080/actuator/health"]
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "-jar", "application.jar"]
