/** The output of commands: text for people, on terminals and elsewhere, and JSON for programs. */
package org.partyline.shell.output;
