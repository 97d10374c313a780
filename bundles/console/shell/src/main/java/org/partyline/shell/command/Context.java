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
 * @param console for output and questions
 * @param clock the time
 * @param pause for waiting
 * @param random for secrets that it creates
 */
public record Context(Engine engine, Session session, Console console, Clock clock, Pause pause, SecureRandom random) {}
