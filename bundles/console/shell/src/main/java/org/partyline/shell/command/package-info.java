/**
 * The infrastructure of commands.
 *
 * <p>A command is one small subclass of {@link org.partyline.shell.command.PartylineCommand}, written with Karaf's
 * annotations. {@link org.partyline.shell.command.BoundCommand} parses the command line for it, so that options may
 * appear anywhere, every error is one line, and every value can be completed. {@link
 * org.partyline.shell.command.Engine} provides the services it uses.
 */
package org.partyline.shell.command;
