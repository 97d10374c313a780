package org.partyline.shell.command;

import java.security.SecureRandom;
import java.time.Clock;
import org.apache.karaf.shell.api.console.Session;
import org.partyline.shell.output.Console;

/**
 * The session, services and output of one run of a command.
 *
 * @param engine the services
 * @param session where it was typed
 * @param console where it prints and asks
 * @param clock the time
 * @param pause how it waits
 * @param random for the secrets that it makes up
 */
public record Context(Engine engine, Session session, Console console, Clock clock, Pause pause, SecureRandom random) {}
