/**
 * The {@code partyline:} commands.
 *
 * <p>A command is one small class over {@link org.partyline.shell.PartylineCommand}, written with Karaf's annotations.
 * {@link org.partyline.shell.BoundCommand} reads the command line for it, so that options may stand anywhere, every
 * refusal is one line, and every value completes. {@link org.partyline.shell.CommandRegistrar} hands the commands to
 * Karaf; {@link org.partyline.shell.Engine} finds the services they use.
 */
package org.partyline.shell;
