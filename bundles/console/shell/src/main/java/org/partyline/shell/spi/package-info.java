/**
 * The interface for bundles that add commands to every console: a {@link org.partyline.shell.spi.CommandGroup} as a
 * service, of {@link org.partyline.shell.spi.ConsoleCommand}s. Their options and arguments are fields with Karaf's
 * annotations; words are used literally, and completion, {@code help}, {@code --help} and {@code --json} work as for
 * every other command.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.3.0")
package org.partyline.shell.spi;
