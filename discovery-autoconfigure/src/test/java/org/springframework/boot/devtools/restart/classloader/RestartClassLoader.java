package org.springframework.boot.devtools.restart.classloader;

/**
 * Stands for the class of that name of Spring Boot's developer tools, which would change
 * what the other tests see if they were on the class path.
 */
public class RestartClassLoader extends ClassLoader {

	public RestartClassLoader(ClassLoader parent) {
		super(parent);
	}

}
