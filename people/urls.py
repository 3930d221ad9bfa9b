from django.urls import path

from people import views

app_name = "people"
urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/editing-desk/", views.admin_sign_in, name="admin_sign_in"),
    path("district/", views.districts, name="districts"),
    path("district/<slug:slug>/", views.members, name="district"),
    path("district/<slug:slug>/members/add/", views.add_member, name="member_add"),
    path("district/<slug:slug>/members/<int:pk>/", views.member, name="member"),
    path("district/<slug:slug>/members/<int:pk>/remove/", views.remove_member, name="member_remove"),
    path("district/<slug:slug>/members/<int:pk>/invite/", views.invite_again, name="member_invite"),
    path("district/<slug:slug>/schools/", views.schools, name="schools"),
    path("district/<slug:slug>/schools/<slug:school>/", views.school, name="school"),
]
