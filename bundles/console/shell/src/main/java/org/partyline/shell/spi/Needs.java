package org.partyline.shell.spi;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.partyline.consoleline.Role;

/**
 * Names the role that a command requires. A command without it is for the {@linkplain Role#OWNER owner} of the server.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Needs {
    /** Returns that role. */
    Role value();
}
