package org.springframework.boot.devtools.restart.classloader;

/**
 * A stub of the class of the same name of Spring Boot Devtools, which would affect other
 * tests if it were on the class path.
 */
public class RestartClassLoader extends ClassLoader {

	public RestartClassLoader(ClassLoader parent) {
		super(parent);
	}

}
