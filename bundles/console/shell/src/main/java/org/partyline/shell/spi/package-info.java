/**
 * What a bundle needs that adds commands to every console: a {@link org.partyline.shell.spi.CommandGroup} as a service, of
 * {@link org.partyline.shell.spi.ConsoleCommand}s. Their options and arguments are fields with Karaf's annotations; words are
 * taken as they stand, and completion, {@code help}, {@code --help} and {@code --json} are those of every other command.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.3.0")
package org.partyline.shell.spi;
