/** The command that shows and changes settings. */
package org.partyline.shell.config;
