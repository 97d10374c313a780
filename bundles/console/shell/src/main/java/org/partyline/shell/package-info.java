/**
 * The {@code partyline:} commands.
 *
 * <p>Each noun has a package with its commands, what they show and how it reads: {@code channel}, {@code message},
 * {@code wallet} and so on. Its {@link org.partyline.shell.spi.CommandGroup} is a service, whose commands
 * {@link org.partyline.shell.CommandRegistrar} hands to Karaf. What the nouns share is in {@code command}, {@code input},
 * {@code completion}, {@code output} and {@code error}, which know no noun.
 */
package org.partyline.shell;
