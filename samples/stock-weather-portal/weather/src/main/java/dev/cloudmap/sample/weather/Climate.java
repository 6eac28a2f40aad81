package dev.cloudmap.sample.weather;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Made-up weather. The temperature is a function of latitude, season and time of day.
 */
class Climate {

	private static final List<City> CITIES = List.of(new City("Cairo", 30, "Africa/Cairo"),
			new City("Lima", -12, "America/Lima"), new City("Reykjavik", 64, "Atlantic/Reykjavik"),
			new City("Sydney", -34, "Australia/Sydney"), new City("Tokyo", 36, "Asia/Tokyo"));

	private static final List<String> SKIES = List.of("clear", "partly cloudy", "overcast", "fog", "rain");

	/** The warmest day of the year in the north, and the coldest in the south. */
	private static final int MIDSUMMER = 200;

	private static final int WARMEST_HOUR = 15;

	List<Report> reports(Instant now) {
		return CITIES.stream().map((city) -> report(city, now.atZone(ZoneId.of(city.zone())))).toList();
	}

	private static Report report(City city, ZonedDateTime now) {
		double mean = 29 - 0.4 * Math.abs(city.latitude());
		double season = 0.15 * city.latitude() * wave(now.getDayOfYear() - MIDSUMMER, 365);
		double timeOfDay = 4 * wave(now.getHour() - WARMEST_HOUR, 24);
		String sky = SKIES.get(Math.floorMod(7 * now.getDayOfYear() + city.latitude(), SKIES.size()));
		return new Report(city.name(), now.toLocalTime().truncatedTo(ChronoUnit.MINUTES),
				Math.round(mean + season + timeOfDay), sky);
	}

	/** A wave between -1 and 1, which is 1 at 0 and at each multiple of the period. */
	private static double wave(int position, int period) {
		return Math.cos(2 * Math.PI * position / period);
	}

	private record City(String name, int latitude, String zone) {
	}

	/**
	 * The weather of a city.
	 */
	record Report(String city, LocalTime localTime, long celsius, String sky) {
	}

}
