<?php
// Makes the tables, an administrator, and an author, who may not write every HTML.
define('WP_INSTALLING', true);
require 'wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('A local group', 'admin', 'admin@example.org', false, '', 'a password for tests');
wp_insert_user(['user_login' => 'author', 'user_pass' => 'a password for tests', 'user_email' => 'author@example.org', 'role' => 'author']);
