/**
 * The {@code partyline:} commands.
 *
 * <p>Each topic has a package with its commands, their output and its format: {@code channel}, {@code message}, {@code
 * wallet} and so on. Its {@link org.partyline.shell.spi.CommandGroup} is a service, whose commands {@link
 * org.partyline.shell.CommandRegistrar} registers with Karaf. The topics share {@code command}, {@code input}, {@code
 * completion}, {@code output} and {@code error}, which do not depend on any topic.
 */
package org.partyline.shell;
